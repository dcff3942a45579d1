import { expect } from 'chai';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { boundsBroken } from '../../../src/audit/compile/keepsBounds.ts';
import { MARK_PATH, marked, markIn } from '../../../src/audit/compile/mark.ts';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { explain } from '../../../src/audit/match.ts';
import type { AuditPolicy, Level } from '../../../src/audit/policy.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import type { EndpointProof } from '../../../src/audit/proof/judge.ts';
import { judge } from '../../../src/audit/proof/judge.ts';
import type { Probe } from '../../../src/audit/proof/probes.ts';
import { probesOf } from '../../../src/audit/proof/probes.ts';
import { verdictOf } from '../../../src/audit/proof/verdict.ts';
import { sha256 } from '../../../src/kube/sha256.ts';

const USER = { name: 'system:serviceaccount:drawbridge-system:drawbridge', groups: ['system:authenticated'] };
const made = (level: Level) => marked(compilePolicy([{ level, rules: [] }]), sha256);
const NOW = made('Metadata');
const BEFORE = made('Request');
let ids = 0;
const probes = probesOf({
  mark: NOW.mark,
  before: BEFORE.mark,
  namespace: 'drawbridge-system',
  newId: () => `id-${ids++}`,
});

/** The events that a server with this policy makes of the probes; `keep`: those that arrive. */
const eventsUnder = (policy: AuditPolicy, keep: (probe: Probe) => boolean = () => true) =>
  new Map(
    probes.filter(keep).flatMap((probe): (readonly [string, readonly AuditEvent[]])[] => {
      const { level } = explain(policy, { user: USER, ...probe.asked });
      if (level === 'None') return [];
      return [[probe.auditId, [{ auditId: probe.auditId, stage: 'ResponseComplete', level } as AuditEvent]]];
    }),
  );
const judged = (seen: ReadonlyMap<string, readonly AuditEvent[]>, isOver = true): EndpointProof =>
  judge(NOW.policy, USER, probes, { seen, isOver });
const reason = (proof: EndpointProof): string => (proof.result === 'different' ? proof.reason : proof.result);

describe('the mark of a policy', () => {
  it('is recorded under that policy alone, also where a section asks for everything', () => {
    for (const level of ['None', 'Metadata', 'RequestResponse'] as const) {
      const section = { level, rules: [{ level: 'RequestResponse' as const, nonResourceURLs: ['*'] }] };
      const { policy, mark } = marked(compilePolicy([section]), sha256);
      const of = (one: string) =>
        explain(policy, { user: USER, verb: 'get', target: { type: 'path', path: `${MARK_PATH}${one}` } }).level;
      expect([of(mark), of('0123456789abcdef')]).to.deep.equal(['Metadata', 'None']);
    }
  });

  it('is found in the text, and follows the content', () => {
    expect(markIn(policyText(NOW.policy))).to.equal(NOW.mark);
    expect(NOW.mark)
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.to.equal(BEFORE.mark);
    expect(markIn(policyText(compilePolicy([])))).to.equal(undefined);
  });

  it('keeps the bounds, and nothing that only looks like it does', () => {
    expect(boundsBroken(NOW.policy)).to.equal(undefined);
    const [ceiling, mark, silence, ...rest] = NOW.policy.rules;
    if (ceiling === undefined || mark === undefined || silence === undefined) throw new Error('no mark');
    const with_ = (other: typeof silence): string | undefined =>
      boundsBroken({ ...NOW.policy, rules: [ceiling, mark, other, ...rest] });
    for (const other of [
      { ...silence, verbs: [] },
      { ...silence, nonResourceURLs: ['/*'] },
      { ...silence, nonResourceURLs: [] },
    ]) {
      expect(with_(other)).to.contain('level None');
    }
  });
});

describe('judge', () => {
  it('takes what the policy says for proof', () => {
    expect(judged(eventsUnder(NOW.policy))).to.deep.equal({ result: 'effective' });
  });

  it('knows the policy that was published before, at once', () => {
    expect(judged(eventsUnder(BEFORE.policy), false)).to.deep.equal({
      result: 'different',
      reason: 'OtherPolicyInForce',
      message: 'it has the policy that was published before',
    });
  });

  it('knows a policy that is not ours by the mark that nobody has, which it records too', () => {
    const foreign = {
      ...NOW.policy,
      rules: compilePolicy([])
        .rules.slice(-1)
        .map((rule) => ({ ...rule, level: 'Metadata' as const })),
    };
    expect(judged(eventsUnder(foreign), false)).to.include({
      reason: 'OtherPolicyInForce',
      message: 'it records a mark that no policy of ours has',
    });
  });

  it('knows a policy that is not ours by the mark that is missing, and says what came', () => {
    const foreign = { ...NOW.policy, rules: BEFORE.policy.rules.slice(-1) };
    const seen = eventsUnder(foreign, ({ kind }) => kind !== 'before' && kind !== 'mark' && kind !== 'nobody');
    expect(judged(seen, false).result).to.equal('waiting');
    const proof = judged(seen);
    expect(reason(proof)).to.equal('OtherPolicyInForce');
    expect(proof)
      .to.have.property('message')
      .that.matches(/rules\[\d+\] says Metadata, and an event of level Request came/);
  });

  for (const kind of ['read', 'write', 'ceiling', 'mark'] as const) {
    it(`waits for the event of ${kind}, and misses it in the end`, () => {
      const seen = eventsUnder(NOW.policy, (probe) => probe.kind !== kind);
      expect(judged(seen, false).result).to.equal('waiting');
      expect(reason(judged(seen))).to.equal(kind === 'mark' ? 'OtherPolicyInForce' : 'LevelsDiffer');
    });
  }

  it('sees a level that is too high, and one that is too low, before everything has come', () => {
    for (const level of ['Request', 'RequestResponse'] as const) {
      const seen = new Map(
        [...eventsUnder(NOW.policy, ({ kind }) => kind !== 'read')].map(([id, events], index) =>
          index === 0 ? [id, events] : [id, events.map((event) => ({ ...event, level }))],
        ),
      );
      expect(reason(judged(seen, false))).to.equal('LevelsDiffer');
    }
  });

  it('says that nothing comes when nothing has come', () => {
    expect(judged(new Map(), false).result).to.equal('waiting');
    expect(reason(judged(new Map()))).to.equal('EventsNotArriving');
  });
});

describe('the verdict on all API servers', () => {
  const effective = { result: 'effective' } as const;
  const different = { result: 'different', reason: 'LevelsDiffer', message: 'less' } as const;
  const unsent = { result: 'unsent', why: 'refused' } as const;
  const TABLE = [
    ['True Proved', [effective, effective]],
    ['False LevelsDiffer', [effective, different, unsent, { result: 'waiting' }]],
    ['Unknown EndpointUnreachable', [effective, unsent]],
    ['Unknown EndpointUnreachable', []],
    [undefined, [effective, { result: 'waiting' }, unsent]],
  ] as const;
  for (const [expected, proofs] of TABLE) {
    it(`is ${expected ?? 'not there yet'} for ${proofs.map(({ result }) => result).join(', ') || 'none'}`, () => {
      const verdict = verdictOf(new Map(proofs.map((proof, index) => [`https://${index}`, proof])));
      expect(verdict && `${verdict.status} ${verdict.reason}`).to.equal(expected);
    });
  }
});
