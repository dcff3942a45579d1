import { expect } from 'chai';
import type { AuditedRequest } from '../../src/audit/match.ts';
import { explain } from '../../src/audit/match.ts';
import type { AuditPolicy, AuditRule } from '../../src/audit/policy.ts';

const RULE: AuditRule = {
  level: 'Metadata',
  users: [],
  userGroups: [],
  verbs: [],
  resources: [],
  namespaces: [],
  nonResourceURLs: [],
  omitStages: [],
  omitManagedFields: undefined,
};
const policy = (...rules: readonly Partial<AuditRule>[]): AuditPolicy => ({
  rules: rules.map((rule) => ({ ...RULE, ...rule })),
  omitStages: [],
  omitManagedFields: false,
});
const BOB = { name: 'bob', groups: ['dev', 'system:authenticated'] };
/** `get shop/pods/web/log` as bob; a path begins with a slash. */
function request(text: string, user: AuditedRequest['user'] = BOB): AuditedRequest {
  const [verb = '', path = ''] = text.split(' ');
  if (path.startsWith('/')) return { user, verb, target: { type: 'path', path } };
  const [namespace = '', resource = '', name = '', subresource = '', group = ''] = path.split('|');
  return { user, verb, target: { type: 'resource', namespace, resource, name, subresource, group } };
}
const isHit = (rule: Partial<AuditRule>, text: string, user?: AuditedRequest['user']): boolean =>
  explain(policy(rule), request(text, user)).rule === 0;
const pods = (...resources: readonly string[]) => [{ group: '', resources, resourceNames: [] }];

describe('A rule of an audit policy', () => {
  it('without anything matches every request, also one of nobody', () => {
    expect(isHit({}, 'get shop|pods|web')).to.equal(true);
    expect(isHit({}, 'get /healthz', undefined)).to.equal(true);
  });

  it('knows no star but in resources, groups and URLs', () => {
    for (const rule of [{ verbs: ['*'] }, { users: ['*'] }, { userGroups: ['*'] }, { namespaces: ['*'] }]) {
      expect(isHit(rule, 'get shop|pods|web'), JSON.stringify(rule)).to.equal(false);
    }
    expect(isHit({ resources: [{ group: '*', resources: ['*'], resourceNames: [] }] }, 'get shop|pods|web')).to.equal(
      true,
    );
  });

  it('about users or groups is about the one who authenticated', () => {
    expect(isHit({ users: ['bob'] }, 'get /x')).to.equal(true);
    expect(isHit({ users: ['alice'] }, 'get /x')).to.equal(false);
    expect(isHit({ userGroups: ['ops', 'dev'] }, 'get /x')).to.equal(true);
    const nobody = { ...request('get /x'), user: undefined };
    expect(explain(policy({ users: ['bob'] }, { userGroups: ['dev'] }), nobody).rule).to.equal(undefined);
  });

  it('about a resource leaves its subresources out, unless a star or a name takes them in', () => {
    expect(isHit({ resources: pods('pods') }, 'get shop|pods|web')).to.equal(true);
    expect(isHit({ resources: pods('pods') }, 'get shop|pods|web|exec')).to.equal(false);
    for (const pattern of ['pods/exec', 'pods/*', '*/exec', '*']) {
      expect(isHit({ resources: pods(pattern) }, 'get shop|pods|web|exec'), pattern).to.equal(true);
    }
    expect(isHit({ resources: pods('pods/*') }, 'get shop|pods|web')).to.equal(true);
    expect(isHit({ resources: pods('*/exec') }, 'get shop|pods|web')).to.equal(false);
  });

  it('about a group is about that one exactly, and without resources about all of it', () => {
    const apps = [{ group: 'apps', resources: [], resourceNames: [] }];
    expect(isHit({ resources: apps }, 'get shop|deployments|web||apps')).to.equal(true);
    expect(isHit({ resources: apps }, 'get shop|pods|web')).to.equal(false);
  });

  it('about names does not see a create, which has none yet', () => {
    const named = [{ group: '', resources: ['pods'], resourceNames: ['web'] }];
    expect(isHit({ resources: named }, 'get shop|pods|web')).to.equal(true);
    expect(isHit({ resources: named }, 'create shop|pods')).to.equal(false);
  });

  it('about namespaces misses lists over all of them, which the empty name means', () => {
    expect(isHit({ namespaces: ['shop'] }, 'list shop|pods')).to.equal(true);
    expect(isHit({ namespaces: ['shop'] }, 'list |pods')).to.equal(false);
    expect(isHit({ namespaces: [''] }, 'list |pods')).to.equal(true);
    expect(isHit({ namespaces: [''] }, 'get |nodes|n1')).to.equal(true);
    expect(isHit({ namespaces: [''] }, 'get /healthz')).to.equal(false);
  });

  it('about paths is about no resource', () => {
    expect(isHit({ nonResourceURLs: ['/healthz'] }, 'get /healthz')).to.equal(true);
    expect(isHit({ nonResourceURLs: ['/healthz'] }, 'get /healthz/etcd')).to.equal(false);
    expect(isHit({ nonResourceURLs: ['/healthz*'] }, 'get /healthz/etcd')).to.equal(true);
    expect(isHit({ nonResourceURLs: ['*'] }, 'get /x')).to.equal(true);
    expect(isHit({ nonResourceURLs: ['*'] }, 'get shop|pods|web')).to.equal(false);
  });
});

describe('What becomes of a request under an audit policy', () => {
  it('is decided by the first rule that matches, and nothing is recorded where none does', () => {
    const both = policy({ level: 'None', verbs: ['get'] }, { level: 'Request' });
    expect(explain(both, request('get /x'))).to.include({ rule: 0, level: 'None' });
    expect(explain(both, request('list /x'))).to.include({ rule: 1, level: 'Request' });
    expect(explain(policy({ verbs: ['get'] }), request('list /x'))).to.deep.include({
      rule: undefined,
      level: 'None',
      stages: [],
    });
  });

  it('omits the stages that the policy or the rule omits', () => {
    const stages = { ...policy({ omitStages: ['ResponseStarted'] }), omitStages: ['RequestReceived'] as const };
    expect(explain(stages, request('watch shop|pods')).stages).to.deep.equal(['ResponseComplete']);
  });

  it('comes to a stage of its own when the answer starts, if it goes on for long', () => {
    const short = ['RequestReceived', 'ResponseComplete'];
    for (const one of ['get /x', 'list shop|pods', 'get shop|pods|web|status']) {
      expect(explain(policy({}), request(one)).stages, one).to.deep.equal(short);
    }
    const long = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'];
    for (const one of [
      'watch shop|pods',
      'get shop|pods|web|log',
      'create shop|pods|web|exec',
      'get /debug/pprof/heap',
    ]) {
      expect(explain(policy({}), request(one)).stages, one).to.deep.equal(long);
    }
  });

  it('leaves nothing but an answer where nobody authenticated', () => {
    const nobody = { ...request('get shop|pods|web'), user: undefined };
    expect(explain(policy({}), nobody).stages).to.deep.equal(['ResponseStarted']);
  });

  it('leaves managed fields out as the rule says, else as the policy does', () => {
    const leaving = { ...policy({}, { omitManagedFields: false }), omitManagedFields: true };
    expect(explain(leaving, request('get /x')).omitManagedFields).to.equal(true);
    expect(explain({ ...leaving, rules: leaving.rules.slice(1) }, request('get /x')).omitManagedFields).to.equal(false);
  });
});
