import { expect } from 'chai';
import fc from 'fast-check';
import { objectsToApprove, proposedObjects } from '../../../src/audit/propose/objects.ts';
import type { Proposal } from '../../../src/audit/propose/proposal.ts';
import { propose } from '../../../src/audit/propose/propose.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { anyEvents } from '../usage/arbitraryEvents.ts';
import { checksOf, impersonationsOf } from './asked.ts';
import type { Asked } from './authorizer.ts';
import { describeAsked, isAllowed } from './authorizer.ts';
import { reductions } from './pieces.ts';

const NAMESPACES = ['', 'shop', 'payments', 'kube-system'];
/** What must never be in a role by observation alone. */
const RISKY: readonly Asked[] = NAMESPACES.flatMap((namespace) => [
  { verb: 'get', group: '', resource: 'secrets', namespace, name: 'a' },
  { verb: 'list', group: '', resource: 'secrets', namespace },
  { verb: 'create', group: '', resource: 'pods', namespace },
  { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name: 'a' },
  { verb: 'get', group: '', resource: 'pods/exec', namespace, name: 'a' },
  { verb: 'create', group: '', resource: 'pods/exec', namespace, name: 'a' },
  { verb: 'impersonate', group: '', resource: 'users', namespace, name: 'carol' },
  { verb: 'update', group: '', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
  { verb: 'patch', group: '', resource: 'nodes', namespace, name: 'a' },
]);

describe('propose, for any log', () => {
  const anyCase = fc.tuple(anyEvents, fc.constantFrom('bob', 'carol', 'system:serviceaccount:shop:bot'));
  const setsOf = (proposal: Proposal) => [proposedObjects(proposal), objectsToApprove(proposal)];
  /** Used, and in the proposal on purpose left out. */
  const isLeftOut = (proposal: Proposal, key: string): boolean =>
    [...proposal.everyones, ...proposal.notProposed.map(({ entry }) => entry)].some(
      ({ permission }) => describeAsked(permission) === key,
    );

  it('allows every check that the server made for the subject', () => {
    fc.assert(
      fc.property(anyCase, ([events, subject]) => {
        const proposal = propose(usageOf(events), subject);
        const checks = checksOf(events, subject);
        if (proposal === undefined) expect(checks).to.deep.equal([]);
        for (const asked of checks) {
          if (proposal === undefined || isLeftOut(proposal, describeAsked({ ...asked, name: '' }))) continue;
          expect(isAllowed(setsOf(proposal).flat(), asked), describeAsked(asked)).to.equal(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no rule, verb, resource, name or path without which all of them were still allowed', () => {
    fc.assert(
      fc.property(anyCase, ([events, subject]) => {
        const proposal = propose(usageOf(events), subject);
        const checks = [...checksOf(events, subject), ...impersonationsOf(events, subject)];
        for (const objects of proposal === undefined ? [] : setsOf(proposal)) {
          const allowed = checks.filter((asked) => isAllowed(objects, asked));
          for (const { objects: fewer, without } of reductions(objects)) {
            expect(
              allowed.every((asked) => isAllowed(fewer, asked)),
              `not needed: ${without}`,
            ).to.equal(false);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no star, and nothing that escalates among the roles', () => {
    fc.assert(
      fc.property(anyCase, ([events, subject]) => {
        const proposal = propose(usageOf(events), subject);
        if (proposal === undefined) return;
        expect(JSON.stringify(setsOf(proposal))).to.not.include('*');
        for (const risky of RISKY)
          expect(isAllowed(proposedObjects(proposal), risky), describeAsked(risky)).to.equal(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same whoever else is in the log, and in whatever order others came', () => {
    fc.assert(
      fc.property(anyCase, ([events, subject]) => {
        const others = events.map((one) => ({ ...one, user: { name: 'eve', groups: [] }, impersonated: undefined }));
        const { observed: _, ...alone } = propose(usageOf(events), subject) ?? {};
        const { observed: __, ...among } = propose(usageOf([...others, ...events, ...others]), subject) ?? {};
        expect(among).to.deep.equal(alone);
      }),
      { numRuns: 200 },
    );
  });
});
