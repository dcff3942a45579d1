import { expect } from 'chai';
import fc from 'fast-check';
import type { LintFinding } from '../../src/audit/lint.ts';
import { lintPolicy } from '../../src/audit/lintPolicy.ts';
import type { AuditedRequest } from '../../src/audit/match.ts';
import { matches } from '../../src/audit/match.ts';
import type { AuditPolicy, AuditRule } from '../../src/audit/policy.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { anyPolicy } from './arbitraryPolicy.ts';
import { anyRequest } from './arbitraryRequest.ts';
import { auditedRequest } from './requestInfo.ts';

/** Those that say of a word in a rule that no request has it. */
const DEAD = ['star-is-no-wildcard', 'unknown-verb', 'name-at-create', 'wrong-scope'];
const WORD = /^rules\[(\d+)\](?:\.resources\[(\d+)\])?\.(\w+)(?:\[(\d+)\])?$/;

/** The rule that a finding is about, with nothing but what it calls dead in that place. */
function reduced({ rules }: AuditPolicy, { path }: LintFinding): AuditRule {
  const [, index, group, field = '', position] = WORD.exec(path) ?? [];
  const rule = rules[Number(index)];
  if (rule === undefined) throw new Error(`${path} is no path of a rule`);
  const only = <T extends object>(object: T): T => {
    const values = (object as unknown as Record<string, readonly string[]>)[field] ?? [];
    const dead = position === undefined ? values.filter((one) => isDead(field, one)) : [values[Number(position)] ?? ''];
    return { ...object, [field]: dead };
  };
  if (group === undefined) return only(rule);
  return { ...rule, resources: rule.resources.slice(Number(group), Number(group) + 1).map(only) };
}

/** A finding about a whole list: of the stars in it, or of all of it. */
const isDead = (field: string, value: string): boolean => field === 'resourceNames' || value.includes('*');

/** The server has nothing to create at the path of an object, and answers 405. */
const isServed = ({ verb, target }: AuditedRequest): boolean =>
  !(verb === 'create' && target.type === 'resource' && target.name !== '' && target.subresource === '');

/** Often all rules are about creates, of which one lint speaks alone. */
const policies = fc.oneof(
  anyPolicy,
  anyPolicy.map((policy) => ({ ...policy, rules: policy.rules.map((rule) => ({ ...rule, verbs: ['create'] })) })),
);

describe('A lint that speaks', () => {
  it('is right: no request is matched by a word that it calls dead', () => {
    const seen: Record<string, number> = {};
    const requests = fc.array(anyRequest, { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(policies, requests, (raw, asked) => {
        const { policy } = readPolicy(JSON.stringify(raw), 36);
        if (policy === undefined) throw new Error('a policy that a server accepts was refused');
        const served = asked.map(auditedRequest).filter(isServed);
        for (const found of lintPolicy(policy).filter(({ id }) => DEAD.includes(id))) {
          seen[found.id] = (seen[found.id] ?? 0) + 1;
          const rule = reduced(policy, found);
          for (const one of served) {
            expect(matches(rule, one), `${found.path}: ${found.message}: ${JSON.stringify(one)}`).to.equal(false);
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(Object.keys(seen).sort(), 'all of them spoke').to.deep.equal([...DEAD].sort());
  });
});
