import { expect } from 'chai';
import fc from 'fast-check';
import type { Interval } from '../../src/core/model/bodies.ts';
import { coveredOf, mergeIntervals, subtractIntervals } from '../../src/core/reach/intervals.ts';
import { blocksIn, packReach, unpackReach } from '../../src/core/reach/packed.ts';
import { isNowhere, opensTooMuch, policyReach, reachesBlock, reachOf, unionReach } from '../../src/core/reach/reach.ts';
import type { Block } from '../../src/k8s/cidr.ts';
import { contains, parseCidr } from '../../src/k8s/cidr.ts';
import { anyCidr } from '../support/arbitrary/cidr.ts';

const must = (text: string): Block => {
  const block = parseCidr(text);
  if (block === undefined) throw new Error(`${text} is no CIDR`);
  return block;
};
const blocks = (...cidrs: readonly string[]) => [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }];
const opens = (rules: unknown): boolean => opensTooMuch(reachOf(rules, 'to'));
const namespaces = (namespaceSelector: unknown, podSelector?: unknown) => [
  { to: [{ namespaceSelector, podSelector }] },
];
const METADATA_NAME = 'kubernetes.io/metadata.name';

describe('a reach that is kept as text', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(anyCidr, { maxLength: 8 }), (cidrs) => {
        const reach = reachOf(blocks(...cidrs), 'to');
        expect(unpackReach(packReach(reach))).to.deep.equal(reach);
        expect(blocksIn(packReach(reach))).to.equal(reach.v4.length + reach.v6.length);
      }),
    );
  });
});

describe('intervals', () => {
  const interval = fc
    .tuple(fc.nat(40), fc.nat(8))
    .map(([first, length]) => ({ first: BigInt(first), last: BigInt(first + length) }));
  const has = (intervals: readonly Interval[], value: bigint) =>
    intervals.some(({ first, last }) => first <= value && value <= last);
  const universe = Array.from({ length: 60 }, (_, i) => BigInt(i));

  it('merge, subtract and count as sets of numbers do', () => {
    fc.assert(
      fc.property(interval, fc.array(interval), (whole, others) => {
        const merged = mergeIntervals(others);
        const left = subtractIntervals(whole, others);
        for (const value of universe) {
          expect(has(merged, value)).to.equal(has(others, value));
          expect(has(left, value)).to.equal(has([whole], value) && !has(others, value));
        }
        expect(coveredOf(whole, merged)).to.equal(
          BigInt(universe.filter((v) => has(others, v) && has([whole], v)).length),
        );
        for (const [index, { first }] of merged.entries()) {
          expect(index === 0 || first > (merged[index - 1]?.last ?? 0n) + 1n).to.equal(true);
        }
      }),
    );
  });
});

describe('THREATS 20: what undoes a deny', () => {
  it('is a rule without peers, on one port as on all', () => {
    expect(opens([{}])).to.equal(true);
    expect(opens([{ to: [] }])).to.equal(true);
    expect(opens([{ to: null, ports: [{ port: 53 }] }])).to.equal(true);
  });

  it('is no rule at all when there are none', () => {
    expect(opens([])).to.equal(false);
    expect(opens(undefined)).to.equal(false);
  });

  it('is more than half of IPv4, in one block or in many', () => {
    expect(opens(blocks('0.0.0.0/0'))).to.equal(true);
    expect(opens(blocks('0.0.0.0/1'))).to.equal(false);
    expect(opens(blocks('0.0.0.0/1', '128.0.0.0/1'))).to.equal(true);
    expect(opens(blocks('0.0.0.0/1', '0.0.0.0/1'))).to.equal(false);
    expect(opens(blocks('0.0.0.0/1', '128.0.0.0/32'))).to.equal(true);
    expect(opens([...blocks('0.0.0.0/2', '64.0.0.0/2'), ...blocks('128.0.0.0/2')])).to.equal(true);
  });

  it('takes excepts into account', () => {
    const except = (...holes: readonly string[]) => [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: holes } }] }];
    expect(opens(except('10.0.0.0/8'))).to.equal(true);
    expect(opens(except('0.0.0.0/1'))).to.equal(false);
    expect(opens(except('nonsense'))).to.equal(true);
  });

  it('is more than half of IPv6, or of the eighth of it that is assigned', () => {
    expect(opens(blocks('::/0'))).to.equal(true);
    expect(opens(blocks('::/1', '8000::/1'))).to.equal(true);
    expect(opens(blocks('fc00::/7'))).to.equal(false);
    expect(opens(blocks('2000::/3'))).to.equal(true);
    expect(opens(blocks('2000::/4'))).to.equal(false);
  });

  it('is not hidden by how a CIDR is written', () => {
    expect(opens(blocks('000.0.0.0/0'))).to.equal(true);
    expect(opens(blocks('::ffff:0.0.0.0/96'))).to.equal(true);
    expect(opens(blocks('everything'))).to.equal(true);
    expect(opens(blocks('10.0.0.0/1', '138.0.0.0/1'))).to.equal(true);
  });

  it('is a selector that is true for a namespace without labels', () => {
    expect(opens(namespaces({}))).to.equal(true);
    expect(opens(namespaces({ matchLabels: {} }))).to.equal(true);
    expect(opens(namespaces({ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['x'] }] }))).to.equal(true);
    expect(opens(namespaces({ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }))).to.equal(true);
    expect(opens(namespaces({ matchLabels: { team: 'a' } }))).to.equal(false);
    expect(opens(namespaces({ matchExpressions: [{ key: 'team', operator: 'Exists' }] }))).to.equal(false);
  });

  it('is a selector on the label that every namespace has', () => {
    const expression = (operator: string, values: readonly string[] = []) => ({
      matchExpressions: [{ key: METADATA_NAME, operator, values }],
    });
    expect(opens(namespaces(expression('Exists')))).to.equal(true);
    expect(opens(namespaces(expression('NotIn', ['kube-system'])))).to.equal(true);
    expect(opens(namespaces(expression('In', ['a', 'b'])))).to.equal(false);
    expect(opens(namespaces({ matchLabels: { [METADATA_NAME]: 'ingress-nginx' } }))).to.equal(false);
    const both = {
      matchExpressions: [
        { key: METADATA_NAME, operator: 'Exists' },
        { key: 'team', operator: 'DoesNotExist' },
      ],
    };
    expect(opens(namespaces(both))).to.equal(true);
  });

  it('is narrowed by a podSelector that names values, and by no other', () => {
    expect(opens(namespaces({}, { matchLabels: { 'k8s-app': 'kube-dns' } }))).to.equal(false);
    expect(opens(namespaces({}, { matchExpressions: [{ key: 'app', operator: 'In', values: ['dns'] }] }))).to.equal(
      false,
    );
    expect(opens(namespaces({}, {}))).to.equal(true);
    expect(opens(namespaces({}, { matchExpressions: [{ key: 'pod-template-hash', operator: 'Exists' }] }))).to.equal(
      true,
    );
    expect(opens(namespaces({}, { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }))).to.equal(
      true,
    );
  });

  it('is not traffic within the namespace', () => {
    expect(isNowhere(reachOf([{ to: [{ podSelector: {} }] }], 'to'))).to.equal(true);
  });
});

describe('the reach of a policy', () => {
  it('has the directions of policyTypes, or those that absent policyTypes mean', () => {
    const rules = { ingress: [{}], egress: [{}] };
    expect(Object.keys(policyReach({ ...rules, policyTypes: ['Egress'] }))).to.deep.equal(['egress']);
    expect(Object.keys(policyReach({ ...rules, policyTypes: ['Ingress', 'Egress'] }))).to.deep.equal([
      'ingress',
      'egress',
    ]);
    expect(Object.keys(policyReach(rules))).to.deep.equal(['ingress', 'egress']);
    expect(Object.keys(policyReach({ ingress: [{}] }))).to.deep.equal(['ingress']);
    expect(Object.keys(policyReach({}))).to.deep.equal(['ingress']);
  });

  it('holds exactly the addresses of its blocks', () => {
    const ipBlock = fc.record({ cidr: anyCidr, except: fc.array(anyCidr, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(ipBlock, { minLength: 1, maxLength: 5 }), anyCidr, (ipBlocks, somewhere) => {
        const one = reachOf([{ to: ipBlocks.map((block) => ({ ipBlock: block })) }], 'to');
        const many = unionReach(ipBlocks.map((block) => reachOf([{ to: [{ ipBlock: block }] }], 'to')));
        expect(one).to.deep.equal(many);
        const edges = [somewhere, ...ipBlocks.flatMap(({ cidr, except }) => [cidr, ...except])].map(must);
        for (const { family, first, last } of edges) {
          for (const value of [first, last]) {
            const address: Block = { family, first: value, last: value, length: 0 };
            const expected = ipBlocks.some(
              ({ cidr, except }) =>
                contains(must(cidr), address) && !except.some((hole) => contains(must(hole), address)),
            );
            expect(reachesBlock(one, address)).to.equal(expected);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
