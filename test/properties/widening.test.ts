import { expect } from 'chai';
import fc from 'fast-check';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';
import { namespaceWorld } from '../operator/namespaceWorld.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { loss, without } from '../support/arbitrary/loss.ts';
import { looseNetworkSpec, networkSpec } from '../support/arbitrary/networkSpec.ts';
import { rbacSpec } from '../support/arbitrary/rbacSpec.ts';
import { baselineWith } from '../support/build.ts';
import { isGranted, requestsOf } from '../support/model/authorizer.ts';
import { isLetThrough } from '../support/model/traffic.ts';
import { connectionsOf, picks, shown } from '../support/model/world.ts';
import { policiesIn } from './wanted.ts';

const EVERYWHERE: SecurityBaselineSpec = { enforcement: 'Enforce', namespaceSelector: { matchLabels: {} } };

/** Everything in the namespace payments after it was brought to the baseline under each of these facts in turn. */
async function heldAt(spec: SecurityBaselineSpec, has: Labels, ...known: readonly Facts[]): Promise<Objects> {
  const world = namespaceWorld([baselineWith('restricted', spec)]);
  world.set([baselineWith('restricted', spec)], has);
  for (const one of known) {
    world.facts = one;
    await world.look();
  }
  return world.objects();
}

type Objects = readonly KubeObject[];

function expectNotWider(now: Objects, before: Objects, has: Labels, ports: readonly number[]): void {
  const [open, closed] = [policiesIn(now), policiesIn(before)];
  const sample = { namespace: 'payments', labels: has, policies: [...open, ...closed], picks: ports };
  for (const connection of connectionsOf(sample)) {
    if (!isLetThrough(open, connection)) continue;
    expect(isLetThrough(closed, connection), `it opens ${shown(connection)}`).to.equal(true);
  }
  for (const request of requestsOf([...now, ...before])) {
    if (!isGranted(now, request)) continue;
    expect(isGranted(before, request), `it grants ${JSON.stringify(request)}`).to.equal(true);
  }
}

const network = networkSpec.map((spec): SecurityBaselineSpec => ({ ...EVERYWHERE, network: spec }));
const loose = looseNetworkSpec.map((spec): SecurityBaselineSpec => ({ ...EVERYWHERE, network: spec }));
const rbac = rbacSpec.map((spec): SecurityBaselineSpec => ({ ...EVERYWHERE, rbac: spec }));
const spec = fc.oneof(network, rbac);

describe('a fact that is lost', () => {
  it('opens no connection and grants no request in a namespace that stands', async () => {
    await fc.assert(
      fc.asyncProperty(spec, labels, facts, loss, picks, async (wanted, has, known, lost, ports) => {
        const before = await heldAt(wanted, has, known);
        expectNotWider(await heldAt(wanted, has, known, without(known, lost)), before, has, ports);
      }),
      { numRuns: 800 },
    );
  });

  it('opens no connection and grants no request in a namespace that is new', async () => {
    await fc.assert(
      fc.asyncProperty(spec, labels, facts, loss, picks, async (wanted, has, known, lost, ports) => {
        const before = await heldAt(wanted, has, known);
        expectNotWider(await heldAt(wanted, has, without(known, lost)), before, has, ports);
      }),
      { numRuns: 800 },
    );
  });
});

describe('an allowance', () => {
  it('closes no direction that the baseline does not deny', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(network, loose), facts, async (wanted, known) => {
        const denied: readonly string[] = wanted.network?.defaultDeny ?? [];
        for (const { policyTypes } of policiesIn(await heldAt(wanted, {}, known))) {
          expect(denied).to.include.members(policyTypes);
        }
      }),
      { numRuns: 800 },
    );
  });
});
