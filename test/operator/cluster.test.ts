import { expect } from 'chai';
import type { SecurityBaselineSpec, SecurityBaselineStatus } from '../../src/api/types.ts';
import { clusterControls } from '../../src/controls/index.ts';
import { factsOf } from '../../src/core/facts/factsOf.ts';
import type { ApiServerPosture } from '../../src/core/model/apiServerPosture.ts';
import { clusterRows } from '../../src/core/outcome/clusterFindings.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ClusterVerdict } from '../../src/operator/controllers/cluster.ts';
import { createClusterController } from '../../src/operator/controllers/cluster.ts';
import { projectedIndex } from '../core/projectedIndex.ts';
import { createClock } from '../support/buildClock.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ADMIN: KubeObject = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name: 'cluster-admin' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
};
const binding = (name: string): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'User', apiGroup: RBAC, name: 'eve' }],
});
const baseline = (
  name: string,
  clusterChecks: SecurityBaselineSpec['clusterChecks'],
  status?: SecurityBaselineStatus,
): KubeObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name, uid: name, generation: 1 },
  spec: { enforcement: 'Audit', namespaceSelector: { matchLabels: {} }, ...(clusterChecks && { clusterChecks }) },
  ...(status && { status }),
});
const FINE: ApiServerPosture = {
  anonymous: { known: true, value: 401 },
  authorization: { known: true, value: { allowsAnything: false, hasRbac: true } },
  auditEvents: { known: true, value: 1 },
};

function cluster() {
  const clock = createClock();
  const state = {
    objects: [] as readonly KubeObject[],
    ready: true,
    posture: FINE,
    observed: 0,
    verdicts: [] as string[],
    told: [] as string[],
    last: undefined as ClusterVerdict | undefined,
  };
  const index = () => projectedIndex(state.objects);
  const reconcile = createClusterController({
    controls: clusterControls,
    index: {
      get: (...ref) => index().get(...ref),
      inNamespace: (...ref) => index().inNamespace(...ref),
      ofKind: (kind) => index().ofKind(kind),
    },
    clock,
    ownNamespace: 'drawbridge-system',
    facts: () => factsOf(index(), undefined, undefined),
    isReady: () => state.ready,
    isKnown: () => state.ready,
    observe: async () => {
      state.observed += 1;
      return state.posture;
    },
    onVerdict: (name, verdict) => {
      state.last = verdict;
      state.verdicts.push(`${name} ${verdict?.findings.length ?? 'none'}`);
    },
    onFinding: ({ ref }) => void state.told.push(ref.name),
  });
  const run = (...objects: readonly KubeObject[]) => {
    state.objects = objects;
    return reconcile({ key: 'cluster', sinceMs: 0, signal: new AbortController().signal });
  };
  return { state, clock, run };
}

describe('the look at the whole cluster', () => {
  it('says of each baseline that asks what was found, and only when that changes', async () => {
    const { state, run } = cluster();
    const two = [baseline('a', ['ClusterAdmin']), baseline('b', ['Everybody']), baseline('c', undefined)];
    await run(ADMIN, ...two);
    await run(ADMIN, ...two);
    expect(state.verdicts).to.deep.equal(['a 0', 'b 0']);
    await run(ADMIN, binding('x'), ...two);
    expect(state.verdicts.slice(2)).to.deep.equal(['a 1']);
    await run(ADMIN, binding('x'), baseline('b', ['Everybody']));
    expect(state.verdicts.slice(3)).to.deep.equal(['a none']);
  });

  it('tells of a finding when it appears, once for all baselines, and again when it comes back', async () => {
    const { state, run } = cluster();
    const two = [baseline('a', ['ClusterAdmin']), baseline('b', ['ClusterAdmin'])];
    await run(ADMIN, binding('x'), ...two);
    await run(ADMIN, binding('x'), binding('y'), ...two);
    expect(state.told).to.deep.equal(['x', 'y']);
    await run(ADMIN, binding('y'), ...two);
    await run(ADMIN, binding('x'), binding('y'), ...two);
    expect(state.told).to.deep.equal(['x', 'y', 'x']);
  });

  it('does not tell again what the status of a baseline had before this process', async () => {
    const before = cluster();
    await before.run(ADMIN, binding('x'), baseline('a', ['ClusterAdmin']));
    const rows = clusterRows(before.state.last?.findings ?? []);
    const { state, run } = cluster();
    await run(ADMIN, binding('x'), binding('y'), baseline('a', ['ClusterAdmin'], { clusterFindings: rows }));
    expect(state.told).to.deep.equal(['y']);
  });

  it('waits until what it looks at is known (THREATS 19)', async () => {
    const { state, run } = cluster();
    state.ready = false;
    await run(baseline('a', ['ClusterAdmin']));
    expect(state.verdicts).to.deep.equal([]);
  });

  it('says that it is unknown when no list comes for long: a status that says nothing would stay as it was for ever', async () => {
    const { state, clock, run } = cluster();
    state.ready = false;
    const asking = baseline('a', ['ClusterAdmin']);
    expect(await run(asking)).to.deep.equal({ result: 'done', againAtMs: clock.nowMs() + 15_000 });
    await clock.advance(15_000);
    await run(asking);
    expect(state.last?.findings.map(({ result, reason }) => `${result} ${reason}`)).to.deep.equal([
      'unknown ClusterRolesUnknown',
    ]);
    state.ready = true;
    await run(ADMIN, asking);
    expect(state.last?.findings).to.deep.equal([]);
    state.ready = false;
    await run(ADMIN, asking);
    expect(state.verdicts).to.deep.equal(['a 1', 'a 0']);
  });

  it('asks the API server only for who asks, every ten minutes, and every minute while something is unknown', async () => {
    const { state, clock, run } = cluster();
    expect(await run(ADMIN, baseline('a', ['ClusterAdmin']))).to.deep.equal({ result: 'done' });
    expect(state.observed).to.equal(0);
    const asking = baseline('a', ['AuditLog']);
    expect(await run(ADMIN, asking)).to.deep.equal({ result: 'done', againAtMs: clock.nowMs() + 600_000 });
    await run(ADMIN, asking);
    expect(state.observed).to.equal(1);
    state.posture = { ...FINE, auditEvents: { known: false, why: 'it is away' } };
    await clock.advance(600_000);
    expect(await run(ADMIN, asking)).to.deep.equal({ result: 'done', againAtMs: clock.nowMs() + 60_000 });
    expect(state.verdicts.at(-1)).to.equal('a 1');
  });
});
