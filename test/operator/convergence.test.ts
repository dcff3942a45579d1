import { expect } from 'chai';
import fc from 'fast-check';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { bindingName } from '../../src/controls/rbac/names.ts';
import { viewOf } from '../../src/core/control/view.ts';
import { GATES } from '../../src/core/gates/gates.ts';
import { newMemory } from '../../src/core/gates/memory.ts';
import { permitted } from '../../src/core/gates/permitted.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import { evaluate } from '../../src/core/plan/evaluate.ts';
import { isOurs } from '../../src/core/plan/plan.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { applyStages } from '../../src/operator/applyStages.ts';
import { baseline, DENY_ALL, FACTS, governed, namespaceEntry, VIEWER } from '../support/build.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { createServer, projected, refOf, refused } from '../support/buildServer.ts';

const NAMESPACE = namespaceEntry('payments');

const planOf = (server: FakeServer, baselines: readonly Baseline[]): readonly Change[] =>
  evaluate(controls, governed(baselines), viewOf(server.index, NAMESPACE, FACTS)).plan.changes;

/** One look at the namespace, as the controller does it. */
async function round(server: FakeServer, baselines: readonly Baseline[], nowMs = 0): Promise<void> {
  server.sync();
  const governance = governed(baselines);
  const claims = Object.fromEntries(governance.sections.map(({ section, governor }) => [section, governor]));
  const plan = { namespace: 'payments', changes: planOf(server, baselines) };
  const { writes } = permitted(plan, GATES, { terminating: false, claims, memory: newMemory(nowMs), nowMs });
  await applyStages(writes, server.ports, new AbortController().signal);
}

const rule = (name: string) => ({
  name,
  podSelector: { matchLabels: { app: name } },
  ingress: [{ from: [{ namespaceSelector: { matchLabels: {} } }], ports: [{ port: 80 }] }],
});
const spec: fc.Arbitrary<Partial<SecurityBaselineSpec>> = fc.record({
  network: fc.record({
    defaultDeny: fc.constant(['Ingress', 'Egress'] as const),
    allow: fc.constantFrom({}, { sameNamespace: ['Ingress'] as const }, { rules: [rule('a')] }, { rules: [rule('b')] }),
    blockedCidrs: fc.constantFrom([], ['169.254.169.254/32']),
  }),
  rbac: fc.constantFrom(VIEWER, { roles: VIEWER.roles ?? [] }, {}),
});

const BINDING = VIEWER.roleBindings?.[0];
if (BINDING === undefined) throw new Error('no binding');
const NAMES: Readonly<Record<string, readonly string[]>> = {
  NetworkPolicy: [
    'drawbridge-default-deny',
    'drawbridge-rule-a',
    'drawbridge-allow-same-namespace',
    'drawbridge-old',
    'theirs',
  ],
  Role: ['drawbridge-viewer', 'drawbridge-old'],
  RoleBinding: [bindingName(BINDING), 'drawbridge-old'],
};
const content: Readonly<Record<string, readonly object[]>> = {
  NetworkPolicy: [{ spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }, { spec: { ingress: [{}] } }],
  Role: [{ rules: [] }, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }],
  RoleBinding: [
    {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'User', name: 'eve' }],
    },
    {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'drawbridge-viewer' },
      subjects: [{ kind: 'User', name: 'eve' }],
    },
  ],
};
const live: fc.Arbitrary<KubeObject> = fc
  .constantFrom(...Object.keys(NAMES))
  .chain((kind) =>
    fc.record({
      apiVersion: fc.constant(kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'rbac.authorization.k8s.io/v1'),
      kind: fc.constant(kind),
      metadata: fc
        .record({
          name: fc.constantFrom(...(NAMES[kind] ?? [])),
          labels: fc.constantFrom<Record<string, string>>({}, ownLabels('restricted', 'x'), ownLabels('other', 'y')),
          fate: fc.constantFrom(
            {},
            { finalizers: ['theirs/x'] },
            { finalizers: ['theirs/x'], deletionTimestamp: 'now' },
          ),
        })
        .map(({ name, labels, fate }) => ({ name, namespace: 'payments', labels, ...fate })),
      content: fc.constantFrom(...(content[kind] ?? [])),
    }),
  )
  .map(({ content: body, ...object }) => ({ ...object, ...body }) as KubeObject);

const serverWith = (objects: readonly KubeObject[]): FakeServer => {
  const server = createServer();
  for (const object of objects) server.put(object);
  return server;
};
/** What is neither planned nor bears our prefix and our label. */
const foreign = (server: FakeServer, plannedNames: ReadonlySet<string>): readonly KubeObject[] =>
  server.objects().filter((raw) => {
    const kept = projected(raw);
    return kept !== undefined && !plannedNames.has(`${raw.kind}/${raw.metadata.name}`) && !isOurs(kept);
  });
/** Everything the baselines want, by kind and name, as an empty namespace shows it. */
const wantedNames = (baselines: readonly Baseline[]): ReadonlySet<string> =>
  new Set(planOf(createServer(), baselines).map(({ ref }) => `${ref.kind}/${ref.name}`));

describe('planning and applying', () => {
  it('is a fixed point: after one round there is nothing to do, whatever stood there', async () => {
    await fc.assert(
      fc.asyncProperty(spec, fc.array(live, { maxLength: 6 }), async (wanted, objects) => {
        const server = serverWith(objects);
        const baselines = [baseline('restricted', wanted)];
        await round(server, baselines);
        expect(planOf(server, baselines)).to.deep.equal([]);
        const writes = server.writes.length;
        await round(server, baselines);
        expect(server.writes.length).to.equal(writes);
      }),
      { numRuns: 400 },
    );
  });

  it('THREATS 1: touches no object of others', async () => {
    await fc.assert(
      fc.asyncProperty(spec, fc.array(live, { maxLength: 6 }), async (wanted, objects) => {
        const server = serverWith(objects);
        const baselines = [baseline('restricted', wanted)];
        const planned = wantedNames(baselines);
        const before = foreign(server, planned);
        await round(server, baselines);
        for (const object of before) expect(server.get(refOf(object))).to.equal(object);
        const touched = server.writes.map(({ ref }) => `${ref.kind}/${ref.name}`);
        for (const { kind, metadata } of before) expect(touched).to.not.include(`${kind}/${metadata.name}`);
      }),
      { numRuns: 400 },
    );
  });

  it('THREATS 3: prunes nothing before its successors stand, whatever fails, and converges once nothing does', async () => {
    const input = fc.record({
      old: spec,
      next: spec,
      objects: fc.array(live, { maxLength: 4 }),
      failures: fc.array(fc.constantFrom(0, 0, 0, 403, 409, 500), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ old, next, objects, failures }) => {
        const server = serverWith(objects);
        await round(server, [baseline('restricted', old)]);
        const baselines = [baseline('restricted', next, { generation: 2 })];
        let count = 0;
        server.before = ({ verb, ref }) => {
          const pending = planOf(server, baselines).filter(
            (change) => change.action !== 'delete' && (ref.kind === 'NetworkPolicy') === (change.section === 'network'),
          );
          const recreated = pending.some((change) => change.action === 'recreate' && change.ref.name === ref.name);
          if (verb === 'remove' && !recreated) expect(pending, `before the prune of ${ref.name}`).to.deep.equal([]);
          const status = failures[count % failures.length] ?? 0;
          count += 1;
          if (status !== 0) throw refused(status, 'it failed');
        };
        for (let i = 0; i < 4; i += 1) await round(server, baselines);
        server.before = () => {};
        await round(server, baselines);
        await round(server, baselines);
        expect(planOf(server, baselines)).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it('never leaves the namespace without its deny once it stood, whatever the edits and failures', async () => {
    const deny = { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' };
    await fc.assert(
      fc.asyncProperty(
        fc.array(spec, { minLength: 2, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        async (specs, fails) => {
          const server = createServer();
          await round(server, [baseline('restricted', { network: DENY_ALL })]);
          let count = 0;
          server.before = () => {
            expect(server.get(deny)?.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
            count += 1;
            if (fails[count % fails.length] === true) throw refused(500);
          };
          for (const [i, wanted] of specs.entries()) {
            await round(server, [baseline(i % 2 === 0 ? 'restricted' : 'other', wanted)]);
          }
          expect(server.get(deny)).to.not.equal(undefined);
        },
      ),
      { numRuns: 200 },
    );
  });
});
