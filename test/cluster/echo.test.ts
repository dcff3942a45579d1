import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { SECURITY_BASELINE } from '../../src/api/names.ts';
import type { Wanted } from '../../src/core/control/control.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { contentOf } from '../../src/core/kinds/projectOwn.ts';
import { canonical, diffObject, ownLabels } from '../../src/core/plan/diff.ts';
import { apiVersionOf, pathOf } from '../../src/k8s/kind.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { wantedOf } from '../properties/wanted.ts';
import { baselineSpec } from '../support/arbitrary/baselineSpec.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import { rbacSpec } from '../support/arbitrary/rbacSpec.ts';
import { resourcesSpec } from '../support/arbitrary/resourcesSpec.ts';
import { FACTS } from '../support/build.ts';
import { projected } from '../support/buildServer.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { stored } from '../support/model/stored.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

/** Another seed is another sample; a failure names what was sent, so that it can be sent again. */
const SEED = 20_260_101;
const WORKERS = 12;
const STRICT = { fieldValidation: 'Strict' };
const LABELS = ownLabels('restricted', 'some.control');
/** So that Roles keep their rules. */
const ALL_GRANTABLE: Facts = {
  ...FACTS,
  grantable: { known: true, value: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
};
const CRD = join(import.meta.dirname, '../../crds/drawbridge.dev_securitybaselines.yaml');

/** Some of what an arbitrary gives, the same each time. */
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): readonly T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns });

describe('the API server and generated specs', function () {
  this.timeout(120_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;

  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    await admin.apply(CRD);
    for (let i = 0; i < WORKERS; i += 1) {
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `echo-${i}` } });
    }
  });
  after(async () => {
    for (let i = 0; i < WORKERS; i += 1) await admin?.delete(`/api/v1/namespaces/echo-${i}`);
    await admin?.close();
  });

  it('gives back every NetworkPolicy as it was built: the diff is empty, for hundreds', async () => {
    const wanted = sample(fc.tuple(networkSpec, facts), 400).map(([network, known]) => wantedOf({ network }, known));
    const counts = await echoed(wanted);
    expect(counts.NetworkPolicy).to.be.at.least(1000);
  });

  it('gives back every Role and RoleBinding as it was built: the diff is empty, for hundreds of each', async () => {
    const wanted = sample(fc.tuple(rbacSpec, labels), 450).map(([rbac, has]) => wantedOf({ rbac }, ALL_GRANTABLE, has));
    const counts = await echoed(wanted);
    expect(counts.Role).to.be.at.least(300);
    expect(counts.RoleBinding).to.be.at.least(300);
  });

  it('gives back every ResourceQuota and LimitRange as it was built: the diff is empty, for hundreds of each', async () => {
    const wanted = sample(resourcesSpec, 450).map((resources) => wantedOf({ resources }, FACTS));
    const counts = await echoed(wanted);
    expect(counts.ResourceQuota).to.be.at.least(200);
    expect(counts.LimitRange).to.be.at.least(200);
  });

  it('accepts every valid baseline, within the CEL budget, and stores it as it was sent', async () => {
    const specs = sample(baselineSpec, 300);
    await inParallel(specs, async (spec, index) => {
      const metadata = { name: `echo-${index}` };
      const object = { apiVersion: apiVersionOf(SECURITY_BASELINE), kind: SECURITY_BASELINE.kind, metadata, spec };
      const options = { query: { ...STRICT, dryRun: 'All' } };
      const { status, body } = await admin.request('POST', pathOf(SECURITY_BASELINE), object, options);
      expect(status, `${body.message} for ${JSON.stringify(spec)}`).to.equal(201);
      expect(body.spec).to.deep.equal(spec);
    });
    console.log(`      ${specs.length} SecurityBaselines`);
  });

  /** Sends all objects, holds each answer against what was wanted, and says how many there were of each kind. */
  async function echoed(all: readonly (readonly Wanted[])[]): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    await inParallel(all, async (wanted, _index, worker) => {
      for (const object of wanted) {
        await expectEcho(object, `echo-${worker}`);
        counts[object.kind] = (counts[object.kind] ?? 0) + 1;
      }
    });
    console.log(`      ${JSON.stringify(counts)}`);
    return counts;
  }

  async function expectEcho({ kind, name, body }: Wanted, namespace: string): Promise<void> {
    const row = kindRow(kind);
    const sent: KubeObject = {
      apiVersion: apiVersionOf(row),
      kind,
      metadata: { name, namespace, labels: LABELS },
      ...body,
    };
    const said = JSON.stringify(sent);
    const answer = await admin.request('POST', pathOf(row, namespace), sent, { query: STRICT });
    expect(answer.status, `${answer.body.message} for ${said}`).to.equal(201);
    const given: KubeObject = answer.body;
    const live = projected(given);
    if (live === undefined) throw new Error(`nothing is kept of ${said}`);
    expect(diffObject(LABELS, body, live), said).to.deep.equal([]);
    expect(canonical(contentOf(given)), said).to.equal(canonical(body));
    // What pure tests believe of a server is what this one does.
    expect(contentOf(given), said).to.deep.equal(contentOf(stored(sent)));
    await admin.delete(pathOf(row, namespace, name));
  }
});

/** Runs over all items, each worker on the next that is left. */
async function inParallel<T>(
  items: readonly T[],
  run: (item: T, index: number, worker: number) => Promise<void>,
): Promise<void> {
  const left = items.entries();
  const work = async (worker: number): Promise<void> => {
    for (const [index, item] of left) await run(item, index, worker);
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
}
