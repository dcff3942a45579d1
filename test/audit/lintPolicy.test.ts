import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../src/audit/event.ts';
import { readEvent } from '../../src/audit/event.ts';
import { identitiesIn } from '../../src/audit/identities.ts';
import type { LintContext, LintFinding } from '../../src/audit/lint.ts';
import { LINTS, lintPolicy } from '../../src/audit/lintPolicy.ts';
import { explain } from '../../src/audit/match.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { anyPolicy } from './arbitraryPolicy.ts';
import { anyRequest } from './arbitraryRequest.ts';
import { auditedRequest } from './requestInfo.ts';

function lint(rules: readonly object[], more: object, context: LintContext): readonly LintFinding[] {
  const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules, ...more });
  const { policy, mistakes } = readPolicy(text, 36);
  expect(mistakes).to.deep.equal([]);
  return policy === undefined ? [] : lintPolicy(policy, context);
}
/** What is found in a policy with these rules: `id path`. */
const found = (rules: readonly object[], more: object = {}, context: LintContext = {}): readonly string[] =>
  lint(rules, more, context).map(({ id, path }) => `${id} ${path}`);
const messages = (rules: readonly object[], context: LintContext = {}): readonly string[] =>
  lint(rules, {}, context).map(({ message }) => message);
/** An event of somebody with groups, on behalf of another one perhaps. */
function event(username: string, groups: readonly string[], as?: readonly [string, readonly string[]]): AuditEvent {
  const read = readEvent({
    auditID: 'a',
    stage: 'ResponseComplete',
    level: 'Metadata',
    user: { username, groups: [...groups, 'system:authenticated'] },
    ...(as === undefined ? {} : { impersonatedUser: { username: as[0], groups: [...as[1], 'system:authenticated'] } }),
  });
  if (read === undefined) throw new Error('it is no event');
  return read;
}
const lintIds = (rules: readonly object[]): readonly string[] => found(rules).map((one) => one.split(' ')[0] ?? '');
const core = (...resources: readonly string[]) => ({ group: '', resources });
const SECRETS = {
  level: 'Metadata',
  resources: [
    core('secrets', 'configmaps', 'serviceaccounts/token'),
    { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
  ],
};
const PODS = { resources: [core('pods')] };
const ALL = { level: 'Metadata' };

describe('The audit linter', () => {
  it('finds nothing in a policy that a careful team would write', () => {
    const reads = { level: 'None', verbs: ['get', 'list', 'watch'], resources: [core('events')] };
    const bodies = {
      level: 'RequestResponse',
      verbs: ['create', 'update', 'patch', 'delete'],
      resources: [{ group: 'rbac.authorization.k8s.io' }],
    };
    expect(found([SECRETS, reads, bodies, ALL])).to.deep.equal([]);
    expect(found([ALL])).to.deep.equal([]);
  });

  it('finds a rule that an earlier one shadows, also by stars', () => {
    expect(found([SECRETS, ALL, { level: 'Request', verbs: ['delete'] }])).to.deep.equal(['shadowed-rule rules[2]']);
    const wide = { level: 'Metadata', resources: [core('pods/*')] };
    expect(found([wide, { level: 'Metadata', users: ['bob'], resources: [core('pods/exec')] }, ALL])).to.deep.equal([
      'shadowed-rule rules[1]',
    ]);
    expect(
      found([
        { level: 'Metadata', nonResourceURLs: ['/healthz*'] },
        { level: 'None', nonResourceURLs: ['/healthz/etcd'] },
        ALL,
      ]),
    ).to.deep.equal(['shadowed-rule rules[1]']);
  });

  it('takes no rule for shadowed that a request reaches', () => {
    const first = { level: 'Metadata', namespaces: ['shop'], resources: [core('pods')] };
    for (const second of [
      { level: 'Metadata', resources: [core('pods')] },
      { level: 'Metadata', namespaces: ['shop', 'bank'], resources: [core('pods')] },
      { level: 'Metadata', namespaces: ['shop'], resources: [core('pods/log')] },
      { level: 'Metadata', namespaces: ['shop'], resources: [{ group: 'apps', resources: ['pods'] }] },
    ]) {
      expect(found([first, second, ALL]), JSON.stringify(second)).to.deep.equal([]);
    }
    const named = { level: 'Metadata', resources: [{ ...core('pods'), resourceNames: ['web'] }] };
    expect(found([named, { level: 'Metadata', ...PODS }, ALL])).to.deep.equal([]);
  });

  it('is sound about shadows: no request is ever decided by a rule that it calls shadowed', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyRequest, { minLength: 20, maxLength: 60 }), (raw, requests) => {
        const { policy } = readPolicy(JSON.stringify(raw), 36);
        if (policy === undefined) throw new Error('a policy that a server accepts was refused');
        const dead = new Set(
          lintPolicy(policy)
            .filter(({ id }) => id === 'shadowed-rule')
            .map(({ path }) => path),
        );
        for (const one of requests)
          expect(dead.has(`rules[${explain(policy, auditedRequest(one)).rule}]`)).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });

  it('finds stars where they are no wildcards', () => {
    const stars = { level: 'None', verbs: ['*'], users: ['*'], resources: [{ ...core('pods'), resourceNames: ['*'] }] };
    expect(found([stars, ALL])).to.deep.equal([
      'star-is-no-wildcard rules[0].users',
      'star-is-no-wildcard rules[0].verbs',
      'star-is-no-wildcard rules[0].resources[0].resourceNames',
    ]);
  });

  it('finds stars within words, where they stand for nothing either', () => {
    const rule = {
      level: 'Metadata',
      users: ['bob', 'system:serviceaccount:shop:*'],
      resources: [core('pods*', '*/*', 'pods/*', '*/log', '*', 'p*/log')],
    };
    expect(found([rule, ALL])).to.deep.equal([
      'star-is-no-wildcard rules[0].users',
      'star-is-no-wildcard rules[0].resources[0].resources[0]',
      'star-is-no-wildcard rules[0].resources[0].resources[1]',
      'star-is-no-wildcard rules[0].resources[0].resources[5]',
    ]);
  });

  it('finds verbs that no request has, and says what was meant', () => {
    const of = (rule: object) => found([{ level: 'Metadata', ...rule }, ALL]);
    const pods = { resources: [core('pods')] };
    expect(of({ verbs: ['get', 'POST', 'impersonate', 'post', 'frob', 'proxy'], ...pods })).to.deep.equal(
      [1, 2, 3, 4].map((at) => `unknown-verb rules[0].verbs[${at}]`),
    );
    expect(of({ verbs: ['get', 'post', 'list'], nonResourceURLs: ['/logs*'] })).to.deep.equal([
      'unknown-verb rules[0].verbs[2]',
    ]);
    expect(of({ verbs: ['post', 'list'] })).to.deep.equal([]);
    expect(of({ verbs: ['escalate'] })).to.deep.equal(['unknown-verb rules[0].verbs[0]']);
    const [post] = messages([{ level: 'Metadata', verbs: ['POST'], ...pods }, ALL]);
    expect(post).to.equal('no request has the verb "POST": write create');
  });

  it('finds kinds of the cluster in a namespace, and kinds of namespaces outside of any', () => {
    const of = (rule: object) => found([{ level: 'Metadata', ...rule }, ALL]);
    expect(
      of({ namespaces: ['shop'], resources: [core('pods', 'nodes', 'nodes/status', 'namespaces')] }),
    ).to.deep.equal([
      'wrong-scope rules[0].resources[0].resources[1]',
      'wrong-scope rules[0].resources[0].resources[2]',
    ]);
    expect(of({ namespaces: ['shop', ''], resources: [core('nodes')] })).to.deep.equal([]);
    expect(of({ namespaces: [''], verbs: ['create'], resources: [core('pods', 'nodes')] })).to.deep.equal([
      'wrong-scope rules[0].resources[0].resources[0]',
    ]);
    for (const verbs of [[], ['create', 'list']]) {
      expect(of({ namespaces: [''], verbs, resources: [core('pods')] }), String(verbs)).to.deep.equal([]);
    }
    expect(of({ namespaces: ['shop'], resources: [{ group: 'example.com', resources: ['widgets'] }] })).to.deep.equal(
      [],
    );
  });

  it('finds users and groups that events know only as impersonated, and names who does it', () => {
    const identities = identitiesIn([
      event('alice', ['ops'], ['deployer', ['release']]),
      event('alice', ['ops'], ['bob', ['dev']]),
      event('bob', ['dev']),
      event('', []),
    ]);
    const of = (rule: object) => found([{ level: 'Request', ...PODS, ...rule }, ALL], {}, { identities });
    expect(of({ users: ['bob', 'deployer', 'carol'] })).to.deep.equal(['impersonated-only rules[0].users[1]']);
    expect(of({ userGroups: ['dev', 'release'] })).to.deep.equal(['impersonated-only rules[0].userGroups[1]']);
    expect(of({ userGroups: ['system:authenticated', 'ops'] })).to.deep.equal([]);
    expect(found([{ level: 'Request', ...PODS, users: ['deployer'] }, ALL])).to.deep.equal([]);
    const [said] = messages([{ level: 'Request', ...PODS, users: ['deployer'] }, ALL], { identities });
    expect(said).to.match(/^deployer was seen only .* Name those: alice$/);
  });

  it('does not take a user for impersonated whom the rule itself may hide', () => {
    const identities = identitiesIn([event('alice', [], ['deployer', []])]);
    const hides = { level: 'None', verbs: ['get'], users: ['deployer'] };
    expect(found([hides, ALL], {}, { identities })).to.deep.equal([]);
  });

  it('finds bodies of Secrets, ConfigMaps and tokens in the log, and where', () => {
    const all = { level: 'RequestResponse' };
    expect(found([all])).to.deep.equal(['bodies-of-secrets rules[0].level']);
    expect(found([SECRETS, all])).to.deep.equal([]);
    expect(found([{ ...SECRETS, verbs: ['get'] }, all])).to.deep.equal(['bodies-of-secrets rules[1].level']);
    const tokens = { level: 'RequestResponse', resources: [core('serviceaccounts/*')] };
    expect(found([tokens, ALL])).to.deep.equal(['bodies-of-secrets rules[0].level']);
  });

  it('calls no body a secret that holds none, or that is never recorded', () => {
    const secrets = core('secrets');
    const reviews = { group: 'authentication.k8s.io', resources: ['tokenreviews'] };
    for (const rule of [
      { level: 'Request', verbs: ['get', 'list', 'watch', 'delete'], resources: [secrets] },
      { level: 'RequestResponse', verbs: ['watch', 'delete'], resources: [secrets] },
      // What is asked for is a token; what is sent is for how long.
      { level: 'Request', resources: [core('serviceaccounts/token')] },
      { level: 'Request', verbs: ['create'], resources: [{ ...secrets, resourceNames: ['web'] }] },
      { level: 'Request', namespaces: [''], resources: [secrets] },
      { level: 'Request', resources: [secrets], omitStages: ['ResponseComplete'] },
      { level: 'Request', namespaces: ['shop'], resources: [reviews] },
    ]) {
      expect(lintIds([rule, ALL]), JSON.stringify(rule)).to.not.include('bodies-of-secrets');
    }
    for (const rule of [
      { level: 'Request', verbs: ['update'], resources: [{ ...secrets, resourceNames: ['web'] }] },
      { level: 'RequestResponse', verbs: ['deletecollection'], resources: [secrets] },
      { level: 'RequestResponse', namespaces: [''], resources: [secrets] },
      { level: 'Request', namespaces: [''], resources: [reviews] },
    ]) {
      expect(lintIds([rule, ALL]), JSON.stringify(rule)).to.include('bodies-of-secrets');
    }
  });

  it('finds ways into pods that leave no event: pods without its subresources, and exec as create only', () => {
    expect(found([{ level: 'Metadata', resources: [core('pods')] }])).to.include('exec-unseen rules');
    const creates = {
      level: 'Metadata',
      verbs: ['create'],
      resources: [core('pods/exec', 'pods/attach', 'pods/portforward')],
    };
    expect(found([creates, { level: 'None', resources: [core('pods/exec')] }, ALL])).to.include('exec-unseen rules');
    expect(found([{ level: 'Metadata', resources: [core('pods/*')] }])).to.deep.equal(['no-catch-all rules']);
    const mute = { ...ALL, omitStages: ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] };
    expect(lintIds([mute])).to.include('exec-unseen');
  });

  it('finds writes of which nothing is recorded only where such a request can be', () => {
    const accounts = { level: 'Metadata', userGroups: ['system:serviceaccounts'] };
    for (const rules of [
      // A service account is in its groups, however it is named.
      [accounts, { level: 'None', users: ['system:serviceaccount:kube-system:x'] }],
      [accounts, { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] }],
      [accounts, { level: 'None', userGroups: ['system:serviceaccounts'] }],
      [{ level: 'None', users: ['system:anonymous'], userGroups: ['dev'] }],
      [{ level: 'None', users: ['bob'], userGroups: ['system:unauthenticated'] }],
      [{ level: 'None', users: ['*'] }],
      [{ level: 'None', users: [''] }],
      [{ level: 'None', namespaces: [''], resources: [core('pods')] }],
      [{ level: 'None', verbs: ['create'], resources: [{ ...core('pods'), resourceNames: ['web'] }] }],
      // Widgets may live outside of namespaces.
      [
        { level: 'Metadata', namespaces: [''], resources: [{ group: 'example.com' }] },
        { level: 'None', resources: [{ group: 'example.com', resources: ['widgets'] }] },
      ],
      [
        { level: 'Metadata', namespaces: [''], resources: [core('nodes')] },
        { level: 'None', resources: [core('nodes')] },
      ],
    ]) {
      expect(lintIds([...rules, ALL]), JSON.stringify(rules)).to.not.include('writes-unrecorded');
    }
    const everybodyKnown = { level: 'Metadata', userGroups: ['system:authenticated'] };
    expect(lintIds([everybodyKnown, { level: 'None', userGroups: ['system:unauthenticated'] }])).to.include(
      'writes-unrecorded',
    );
    for (const rule of [
      { level: 'None', userGroups: ['system:unauthenticated'] },
      { level: 'None', userGroups: ['dev', 'system:nodes'] },
      { level: 'None', namespaces: ['shop'], resources: [core('namespaces')] },
      { level: 'None', resources: [{ group: 'example.com' }] },
      { level: 'None', resources: [{ ...core('pods'), resourceNames: ['web'] }] },
    ]) {
      expect(lintIds([rule, ALL]), JSON.stringify(rule)).to.include('writes-unrecorded');
    }
  });

  it('finds writes of which nothing is recorded, and lets noise be', () => {
    expect(found([{ level: 'None', users: ['system:kube-proxy'] }, ALL])).to.deep.equal(['writes-unrecorded rules[0]']);
    expect(found([{ level: 'None', resources: [{ group: 'apps' }] }, ALL])).to.deep.equal([
      'writes-unrecorded rules[0]',
    ]);
    const noise = {
      level: 'None',
      resources: [core('events'), { group: 'coordination.k8s.io', resources: ['leases'] }],
    };
    expect(found([noise, ALL])).to.deep.equal([]);
    expect(found([{ level: 'None', verbs: ['list', 'watch'] }, ALL])).to.deep.equal([]);
    expect(found([{ level: 'None', nonResourceURLs: ['/healthz*'] }, ALL])).to.deep.equal([]);
  });

  it('finds that nothing catches what is installed later', () => {
    expect(found([{ level: 'Metadata', resources: [core('*')] }])).to.deep.equal(['no-catch-all rules']);
    expect(found([{ level: 'Metadata', resources: [{ group: '*' }] }])).to.deep.equal([]);
  });

  it('finds blocking-strict without the stage at which it refuses', () => {
    const omits = { omitStages: ['RequestReceived'] };
    expect(found([ALL], omits, { mode: 'blocking-strict' })).to.deep.equal(['strict-without-received omitStages']);
    expect(found([ALL], omits, { mode: 'blocking' })).to.deep.equal([]);
    expect(found([ALL], {}, { mode: 'blocking-strict' })).to.deep.equal([]);
    expect(found([{ ...ALL, ...omits }], {}, { mode: 'blocking-strict' })).to.deep.equal([
      'strict-without-received rules[0].omitStages',
    ]);
  });

  it('finds a rule that omits every stage, and one that names what is only being created', () => {
    const most = ['ResponseStarted', 'ResponseComplete', 'Panic'];
    expect(found([{ ...ALL, omitStages: most }], { omitStages: ['RequestReceived'] })).to.deep.equal([
      'no-stages rules[0].omitStages',
      'exec-unseen rules',
    ]);
    expect(found([{ ...ALL, omitStages: most }])).to.deep.equal([]);
    const butPanic = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'];
    expect(lintIds([{ ...ALL, omitStages: butPanic }])).to.include('no-stages');
    const named = (...resources: readonly string[]) => ({
      level: 'Metadata',
      verbs: ['create'],
      resources: [{ ...core(...resources), resourceNames: ['web'] }],
    });
    expect(found([named('pods'), ALL])).to.deep.equal(['name-at-create rules[0].resources[0].resourceNames']);
    expect(found([named('pods/exec'), ALL])).to.deep.equal([]);
    const empty = {
      level: 'Metadata',
      verbs: ['create'],
      resources: [{ ...core('pods'), resourceNames: ['', 'web'] }],
    };
    expect(found([empty, ALL])).to.deep.equal([]);
  });

  it('finds resources that are not served in their group, and says where they are', () => {
    const served = new Map([
      ['', new Set(['pods', 'pods/exec', 'secrets'])],
      ['apps', new Set(['deployments'])],
    ]);
    const rule = { level: 'Metadata', resources: [core('pods', 'pods/exec', 'deployments', '*/log', 'frobs')] };
    expect(found([rule, ALL], {}, { served })).to.deep.equal([
      'unknown-resource rules[0].resources[0].resources[2]',
      'unknown-resource rules[0].resources[0].resources[4]',
    ]);
    expect(found([rule, ALL])).to.deep.equal([]);
  });

  it('is told of in docs/audit-lints.md, lint by lint', () => {
    const docs = readFileSync(new URL('../../docs/audit-lints.md', import.meta.url), 'utf8');
    const rows = docs.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).to.deep.equal(LINTS.map(({ id, severity, summary }) => `| \`${id}\` | ${severity} | ${summary} |`));
  });

  it('has an id and a sentence for each of its lints', () => {
    expect(new Set(LINTS.map(({ id }) => id)).size).to.equal(LINTS.length);
    for (const { id, summary } of LINTS)
      expect([id, summary]).to.satisfy(() => /^[a-z-]+$/.test(id) && summary.endsWith('.'));
  });
});
