import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_DENY } from '../../src/controls/network/names.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { fate, fated } from '../support/arbitrary/liveObjects.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import { fortunes } from '../support/arbitrary/results.ts';
import { baselineWith } from '../support/build.ts';
import { stored } from '../support/model/stored.ts';
import { withFortunes } from './fortune.ts';
import { worldOf } from './namespace.ts';

const NO_METADATA = fc.constant({});

describe('a deny that an older version wrote', () => {
  it('THREATS 3: is not pruned before the one that takes its place stands, whatever admission makes of that', async () => {
    const denies = fc.record({ strays: fc.constantFrom(1, 2), own: fate(NO_METADATA) });
    const changed = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(networkSpec, facts, denies, changed, fortunes, async (network, known, old, bad, luck) => {
        const asked = { baselines: [baselineWith('b0', { ...EVERYWHERE, network })], known, has: {} };
        const right = worldOf(asked);
        await right.look();
        const successor = right.server.get(DENY_REF)?.spec;
        const strays = Array.from({ length: old.strays }, (_, i) => denyNamed(`drawbridge-old-${i}`));
        const world = worldOf(asked, [...strays, ...fated([denyNamed(DEFAULT_DENY)], [old.own])]);
        let writes = 0;
        world.server.admission = (object) => {
          writes += 1;
          return bad[writes % bad.length] === true ? narrowed(stored(object)) : stored(object);
        };
        const early: string[] = [];
        world.server.before = ({ verb, ref }) => {
          const stands = isDeepStrictEqual(world.server.get(DENY_REF)?.spec, successor);
          if (verb === 'remove' && ref.name.startsWith('drawbridge-old-') && !stands) early.push(ref.name);
        };
        const end = withFortunes(world.server, luck);
        for (let i = 0; i < 4; i += 1) {
          await world.look();
          world.clock.spend(i * 700);
        }
        end();
        expect(early).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});

const EVERYWHERE = { enforcement: 'Enforce', namespaceSelector: { matchLabels: {} } } as const;
const DENY_REF = { kind: 'NetworkPolicy', namespace: 'payments', name: DEFAULT_DENY };

/** A deny that this or an older version wrote. */
const denyNamed = (name: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'payments', labels: ownLabels('b0', 'network.default-deny') },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});

/** A NetworkPolicy as a webhook may leave it: selecting fewer pods. */
const narrowed = (object: KubeObject): KubeObject =>
  object.kind === 'NetworkPolicy'
    ? { ...object, spec: { ...(object.spec as object), podSelector: { matchLabels: { only: 'these' } } } }
    : object;
