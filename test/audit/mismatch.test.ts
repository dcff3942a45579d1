import { expect } from 'chai';
import fc from 'fast-check';
import { decodePolicy } from '../../src/audit/decode.ts';
import { matches } from '../../src/audit/match.ts';
import { mismatch } from '../../src/audit/mismatch.ts';
import type { AuditRule } from '../../src/audit/policy.ts';
import { anyPolicy } from './arbitraryPolicy.ts';
import { anyRequest } from './compile/arbitrarySection.ts';

const ruleOf = (fields: object): AuditRule => {
  const raw = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata', ...fields }] };
  const [rule] = decodePolicy(raw).policy?.rules ?? [];
  if (rule === undefined) throw new Error('the test has a rule that is none');
  return rule;
};
const GET_POD = {
  user: { name: 'bob', groups: ['dev'] },
  verb: 'get',
  target: { type: 'resource', group: '', resource: 'pods', subresource: '', namespace: 'shop', name: 'web' },
} as const;
const HEALTHZ = { ...GET_POD, target: { type: 'path', path: '/healthz' } } as const;
const pods = { group: '', resources: ['pods'] };

describe('What keeps a rule from a request', () => {
  it('is there exactly where the rule does not match', () => {
    let hits = 0;
    fc.assert(
      fc.property(anyPolicy, anyRequest, (raw, request) => {
        for (const rule of decodePolicy(raw).policy?.rules ?? []) {
          const isMatch = matches(rule, request);
          hits += isMatch ? 1 : 0;
          expect(mismatch(rule, request) === undefined).to.equal(isMatch);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(hits).to.be.above(500);
  });

  for (const [fields, said] of [
    [{ users: ['alice'] }, 'its users are alice'],
    [{ userGroups: ['ops'] }, "its userGroups are ops, and the user's are dev"],
    [{ verbs: ['list', 'watch'] }, 'its verbs are list, watch'],
    [{ namespaces: ['bank', ''] }, 'its namespaces are bank, none ("")'],
    [{ resources: [{ group: 'apps' }] }, 'its resources are all of apps'],
    [
      { resources: [{ group: '', resources: ['secrets', 'pods/*x'] }] },
      'its resources are secrets and pods/*x of the core group',
    ],
    [{ resources: [{ ...pods, resourceNames: ['db'] }] }, 'its resourceNames are db'],
    [{ nonResourceURLs: ['/healthz*'] }, 'it is about paths that are no resources'],
    [{ verbs: [...'abcdefgh'] }, 'its verbs are a, b, c, d, e, f and 2 more'],
  ] as const) {
    it(`is said: ${said}`, () => expect(mismatch(ruleOf(fields), GET_POD)).to.equal(said));
  }

  it('is said of paths, and of those whom nobody knows', () => {
    expect(mismatch(ruleOf({ resources: [pods] }), HEALTHZ)).to.equal('it is about resources, and this is a path');
    expect(mismatch(ruleOf({ nonResourceURLs: ['/version'] }), HEALTHZ)).to.equal('its nonResourceURLs are /version');
    const nobody = { ...HEALTHZ, user: undefined };
    expect(mismatch(ruleOf({ users: ['bob'] }), nobody)).to.equal('it is about users, and nobody authenticated');
    expect(mismatch(ruleOf({ userGroups: ['dev'] }), nobody)).to.match(/^it is about groups of users, and nobody/);
  });
});
