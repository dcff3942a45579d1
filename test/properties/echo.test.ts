import { expect } from 'chai';
import fc from 'fast-check';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { diffObject, ownLabels } from '../../src/core/plan/diff.ts';
import { apiVersionOf } from '../../src/k8s/kind.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import { rbacSpec } from '../support/arbitrary/rbacSpec.ts';
import { projected } from '../support/buildServer.ts';
import { stored } from '../support/model/stored.ts';
import { wantedOf } from './wanted.ts';

const LABELS = ownLabels('restricted', 'some.control');
const wanted = fc
  .tuple(fc.oneof(fc.record({ network: networkSpec }), fc.record({ rbac: rbacSpec })), facts, labels)
  .map(([section, known, has]) => wantedOf(section, known, has));

describe('what a server gives back of what is built', () => {
  it('differs in nothing, for any valid spec and any facts', () => {
    fc.assert(
      fc.property(wanted, (objects) => {
        for (const { kind, name, body } of objects) {
          const sent = { apiVersion: apiVersionOf(kindRow(kind)), kind, metadata: { name, labels: LABELS }, ...body };
          const live = projected(stored(sent));
          if (live === undefined) throw new Error(`nothing is kept of ${kind} ${name}`);
          expect(diffObject(LABELS, body, live), `${kind} ${name}`).to.deep.equal([]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is what was sent, to the last field: nothing is left to be defaulted or dropped', () => {
    fc.assert(
      fc.property(wanted, (objects) => {
        for (const { kind, name, body } of objects) {
          const sent = { apiVersion: apiVersionOf(kindRow(kind)), kind, metadata: { name, labels: LABELS }, ...body };
          const empty = kind === 'Role' && (body.rules as readonly unknown[]).length === 0 ? { rules: null } : {};
          expect(stored(sent)).to.deep.equal({ ...sent, ...empty });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
