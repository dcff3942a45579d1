import { expect } from 'chai';
import fc from 'fast-check';
import type { Block, IpBlock } from '../../src/k8s/cidr.ts';
import { carve, contains, formatCidr, hostCidr, overlaps, parseCidr, parseLegacyCidr } from '../../src/k8s/cidr.ts';
import { anyCidr } from '../support/arbitrary/cidr.ts';

const must = (text: string): Block => {
  const block = parseCidr(text);
  if (block === undefined) throw new Error(`${text} is no CIDR`);
  return block;
};

describe('CIDR blocks', () => {
  it('are written without their host bits', () => {
    expect(formatCidr(must('10.1.2.3/8'))).to.equal('10.0.0.0/8');
    expect(formatCidr(must('2001:db8::1/32'))).to.equal('2001:db8::/32');
    expect(formatCidr(must('0.0.0.0/0'))).to.equal('0.0.0.0/0');
    expect(formatCidr(must('::/0'))).to.equal('::/0');
  });

  it('are refused without a length, with a wrong one, and around an address that is refused', () => {
    const refused = [
      '10.0.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '010.0.0.0/8',
      '::ffff:10.0.0.0/104',
      'fe80::%1/64',
      '',
    ];
    for (const text of refused) expect(parseCidr(text), text).to.equal(undefined);
  });

  it('of old objects are read as the API server read them', () => {
    expect(parseLegacyCidr('000.000.000.000/00')).to.deep.equal(must('0.0.0.0/0'));
    expect(parseLegacyCidr('::ffff:10.0.0.0/104')).to.deep.equal(must('10.0.0.0/8'));
    expect(parseLegacyCidr('nonsense/8')).to.equal(undefined);
  });

  it('contain themselves and what is inside, in one family', () => {
    expect(contains(must('10.0.0.0/8'), must('10.0.0.0/8'))).to.equal(true);
    expect(contains(must('10.0.0.0/8'), must('10.255.255.255/32'))).to.equal(true);
    expect(contains(must('10.0.0.0/8'), must('11.0.0.0/32'))).to.equal(false);
    expect(contains(must('::/0'), must('0.0.0.0/0'))).to.equal(false);
    expect(overlaps(must('10.1.0.0/16'), must('10.0.0.0/8'))).to.equal(true);
    expect(overlaps(must('10.1.0.0/16'), must('10.2.0.0/16'))).to.equal(false);
  });

  it('of one host have the full length of their family', () => {
    expect(hostCidr('10.0.0.1')).to.equal('10.0.0.1/32');
    expect(hostCidr('2001:DB8::1')).to.equal('2001:db8::1/128');
    expect(hostCidr('kubernetes.default')).to.equal(undefined);
  });
});

describe('THREATS 7: carving blocked CIDRs out of an ipBlock', () => {
  const cases: readonly (readonly [string, IpBlock, readonly string[], IpBlock | 'removed'])[] = [
    [
      'excepts a blocked address inside',
      { cidr: '0.0.0.0/0' },
      ['169.254.169.254/32'],
      { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
    ],
    ['removes the block inside a blocked one', { cidr: '169.254.169.254/32' }, ['169.254.0.0/16'], 'removed'],
    ['removes the block equal to a blocked one', { cidr: '10.0.0.0/8' }, ['10.0.0.0/8'], 'removed'],
    ['leaves a disjoint block alone', { cidr: '10.0.0.0/8' }, ['169.254.169.254/32'], { cidr: '10.0.0.0/8' }],
    ['leaves the other family alone', { cidr: '::/0' }, ['0.0.0.0/0'], { cidr: '::/0' }],
    [
      'keeps, sorts and reduces excepts',
      { cidr: '10.0.0.0/8', except: ['10.9.0.0/16', '10.1.1.0/24', '10.1.1.0/24'] },
      ['10.1.0.0/16'],
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.9.0.0/16'] },
    ],
    [
      'drops an except that lies elsewhere',
      { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] },
      [],
      { cidr: '10.0.0.0/8' },
    ],
    ['removes a block that its own except covers', { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }, [], 'removed'],
    ['removes a block it cannot read', { cidr: '10.0.0.0/33' }, [], 'removed'],
    ['removes a block with an except it cannot read', { cidr: '10.0.0.0/8', except: ['10.1.0.0'] }, [], 'removed'],
    ['removes every block when it cannot read what is blocked', { cidr: '10.0.0.0/8' }, ['metadata'], 'removed'],
    [
      'removes a block written as IPv4-mapped',
      { cidr: '::ffff:169.254.169.254/128' },
      ['169.254.169.254/32'],
      'removed',
    ],
  ];
  for (const [title, block, blocked, expected] of cases) {
    it(title, () => {
      expect(carve(block, blocked)).to.deep.equal(expected);
    });
  }

  const anyBlock = fc.record({ cidr: anyCidr, except: fc.array(anyCidr, { maxLength: 3 }) });
  /** Whether a block allows an address, worked out by looking, not by carving. */
  const allows = (block: IpBlock | 'removed', address: Block): boolean =>
    block !== 'removed' &&
    contains(must(block.cidr), address) &&
    !(block.except ?? []).some((hole) => contains(must(hole), address));

  it('never allows an address that was not allowed, nor a blocked one, and keeps every other', () => {
    fc.assert(
      fc.property(anyBlock, fc.array(anyCidr, { maxLength: 4 }), anyCidr, (block, blocked, somewhere) => {
        const carved = carve(block, blocked);
        for (const edge of [block.cidr, ...block.except, ...blocked, somewhere].map(must)) {
          for (const value of [edge.first, edge.last]) {
            const address: Block = { family: edge.family, first: value, last: value, length: 0 };
            const isBlocked = blocked.some((cidr) => contains(must(cidr), address));
            expect(allows(carved, address)).to.equal(allows(block, address) && !isBlocked);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is done when it is done', () => {
    fc.assert(
      fc.property(anyBlock, fc.array(anyCidr, { maxLength: 4 }), (block, blocked) => {
        const once = carve(block, blocked);
        if (once !== 'removed') expect(carve(once, blocked)).to.deep.equal(once);
      }),
    );
  });

  it('yields only excepts that the API server takes: strictly inside the block', () => {
    fc.assert(
      fc.property(anyBlock, fc.array(anyCidr, { maxLength: 4 }), (block, blocked) => {
        const carved = carve(block, blocked);
        if (carved === 'removed') return;
        const outer = must(carved.cidr);
        for (const hole of (carved.except ?? []).map(must)) {
          expect(contains(outer, hole) && hole.length > outer.length).to.equal(true);
        }
      }),
    );
  });
});
