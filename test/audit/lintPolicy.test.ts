import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { LintContext } from '../../src/audit/lint.ts';
import { LINTS, lintPolicy } from '../../src/audit/lintPolicy.ts';
import { explain } from '../../src/audit/match.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { anyPolicy, anyRequest } from './arbitraryPolicy.ts';
import { auditedRequest } from './requestInfo.ts';

/** What is found in a policy with these rules: `id path`. */
function found(rules: readonly object[], more: object = {}, context: LintContext = {}): readonly string[] {
  const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules, ...more });
  const { policy, mistakes } = readPolicy(text, 36);
  expect(mistakes).to.deep.equal([]);
  return policy === undefined ? [] : lintPolicy(policy, context).map(({ id, path }) => `${id} ${path}`);
}
const core = (...resources: readonly string[]) => ({ group: '', resources });
const SECRETS = {
  level: 'Metadata',
  resources: [
    core('secrets', 'configmaps', 'serviceaccounts/token'),
    { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
  ],
};
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

  it('finds bodies of Secrets, ConfigMaps and tokens in the log, and where', () => {
    const all = { level: 'RequestResponse' };
    expect(found([all])).to.deep.equal(['bodies-of-secrets rules[0].level']);
    expect(found([SECRETS, all])).to.deep.equal([]);
    expect(found([{ ...SECRETS, verbs: ['get'] }, all])).to.deep.equal(['bodies-of-secrets rules[1].level']);
    const tokens = { level: 'Request', resources: [core('serviceaccounts/*')] };
    expect(found([tokens, ALL])).to.deep.equal(['bodies-of-secrets rules[0].level']);
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
    ]);
    expect(found([{ ...ALL, omitStages: most }])).to.deep.equal([]);
    const named = (...resources: readonly string[]) => ({
      level: 'Metadata',
      verbs: ['create'],
      resources: [{ ...core(...resources), resourceNames: ['web'] }],
    });
    expect(found([named('pods'), ALL])).to.deep.equal(['name-at-create rules[0].resources[0].resourceNames']);
    expect(found([named('pods/exec'), ALL])).to.deep.equal([]);
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
