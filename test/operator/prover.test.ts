import { expect } from 'chai';
import { compilePolicy } from '../../src/audit/compile/compile.ts';
import { marked } from '../../src/audit/compile/mark.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { explain } from '../../src/audit/match.ts';
import type { Probe } from '../../src/audit/proof/probes.ts';
import type { ProofVerdict } from '../../src/audit/proof/verdict.ts';
import { sha256 } from '../../src/kube/sha256.ts';
import type { ProofPorts } from '../../src/operator/auditProof/prover.ts';
import { createProver } from '../../src/operator/auditProof/prover.ts';
import type { PublishedPolicy } from '../../src/operator/controllers/auditPolicy.ts';
import type { Evidence } from '../../src/operator/evidence/evidence.ts';
import { PROBE_ID_PREFIX } from '../../src/operator/evidence/evidence.ts';
import { createClock } from '../support/buildClock.ts';

const USER = { name: 'operator', groups: [] };
const published = (level: 'Metadata' | 'Request'): PublishedPolicy => ({
  ...marked(compilePolicy([{ level, rules: [] }]), sha256),
  before: undefined,
});
const A = 'https://a:6443';
const B = 'https://b:6443';

/** API servers that record by a policy each, and an operator that proves. */
function proving(servers: Readonly<Record<string, PublishedPolicy>>) {
  const clock = createClock();
  const events = new Map<string, AuditEvent>();
  const sent: string[] = [];
  const state = {
    published: published('Metadata') as PublishedPolicy | undefined,
    servers: { ...servers },
    isDeaf: false,
    isDown: false,
    unsent: undefined as string | undefined,
    verdicts: [] as string[],
  };
  const evidence = {
    requests: async (ids) => {
      if (state.isDown) throw new Error('nobody answers');
      return ids.flatMap((auditId) => {
        const event = events.get(auditId);
        return event === undefined ? [] : [{ auditId, events: [event], total: 1 }];
      });
    },
  } as Pick<Evidence, 'requests'> as Evidence;
  const send = async (server: string, probe: Probe): Promise<void> => {
    if (server === state.unsent) throw new Error('refused');
    sent.push(`${server} ${probe.kind}`);
    const policy = state.servers[server]?.policy;
    if (policy === undefined || state.isDeaf) return;
    const { level } = explain(policy, { user: USER, ...probe.asked });
    if (level !== 'None')
      events.set(probe.auditId, { auditId: probe.auditId, stage: 'ResponseComplete', level } as AuditEvent);
  };
  let ids = 0;
  const ports: ProofPorts = {
    evidence,
    servers: async () => Object.keys(state.servers),
    send,
    whoAmI: async () => USER,
    newId: () => String(ids++),
    times: { intervalMs: 60_000, timeoutMs: 45_000 },
  };
  const make = (over: Partial<ProofPorts> = {}) =>
    createProver({
      clock,
      namespace: 'drawbridge-system',
      ports: { ...ports, ...over },
      published: () => state.published,
      onVerdict: ({ status, reason }: ProofVerdict) => void state.verdicts.push(`${status} ${reason}`),
    });
  const turn = (prover = reconcile) => prover({ key: 'k', sinceMs: 0, signal: new AbortController().signal });
  const reconcile = make();
  /** Turns for as long, when each asks for the next. */
  const run = async (ms: number): Promise<void> => {
    const endMs = clock.nowMs() + ms;
    for (;;) {
      const result = await turn();
      const again = result.againAtMs ?? Number.POSITIVE_INFINITY;
      if (again > endMs) break;
      await clock.advance(again - clock.nowMs());
    }
    await clock.advance(Math.max(0, endMs - clock.nowMs()));
  };
  return { state, sent, events, make, turn, run, clock };
}

describe('the proof of the audit policy', () => {
  it('is True a moment after the events have come, and is tried again after the interval', async () => {
    const { state, run, sent } = proving({ [A]: published('Metadata'), [B]: published('Metadata') });
    await run(10_000);
    expect(state.verdicts).to.deep.equal(['True Proved']);
    const once = sent.length;
    await run(60_000);
    expect(sent.length).to.equal(2 * once);
    expect(state.verdicts).to.deep.equal(['True Proved', 'True Proved']);
  });

  it('is False by one API server among several', async () => {
    const { state, run } = proving({ [A]: published('Metadata'), [B]: published('Request') });
    await run(50_000);
    expect(state.verdicts).to.deep.equal(['False OtherPolicyInForce']);
  });

  it('waits for events as long as a batch may take, and is False after', async () => {
    const { state, run } = proving({ [A]: published('Metadata') });
    state.isDeaf = true;
    await run(44_000);
    expect(state.verdicts).to.deep.equal([]);
    await run(12_000);
    expect(state.verdicts).to.deep.equal(['False EventsNotArriving']);
  });

  it('takes the silence of the receiver for no proof of anything, and not at once', async () => {
    const { state, run } = proving({ [A]: published('Metadata') });
    state.isDown = true;
    await run(30_000);
    expect(state.verdicts).to.deep.equal([]);
    state.isDown = false;
    await run(15_000);
    expect(state.verdicts).to.deep.equal(['True Proved']);
    state.isDown = true;
    await run(120_000);
    expect(state.verdicts.at(-1)).to.equal('Unknown ReceiverUnreachable');
  });

  it('is Unknown where an API server cannot be asked, or none is known', async () => {
    const { state, run, make, turn } = proving({ [A]: published('Metadata'), [B]: published('Metadata') });
    state.unsent = B;
    await run(5_000);
    expect(state.verdicts).to.deep.equal(['Unknown EndpointUnreachable']);
    await turn(make({ servers: () => Promise.reject(new Error('forbidden')) }));
    expect(state.verdicts.at(-1)).to.equal('Unknown EndpointUnreachable');
  });

  it('knows nothing of a new policy until it has asked', async () => {
    const { state, run } = proving({ [A]: published('Metadata') });
    await run(5_000);
    state.published = published('Request');
    await run(50_000);
    expect(state.verdicts).to.deep.equal(['True Proved', 'Unknown Probing', 'False OtherPolicyInForce']);
    state.servers = { [A]: published('Request') };
    await run(70_000);
    expect(state.verdicts.at(-1)).to.equal('True Proved');
  });

  it('says that there is no receiver, or no policy, and sends nothing', async () => {
    const { state, sent, make, turn } = proving({ [A]: published('Metadata') });
    await turn(make({ evidence: undefined }));
    state.published = undefined;
    await turn(make());
    expect(state.verdicts).to.deep.equal(['Unknown NoReceiver', 'Unknown NotPublished']);
    expect(sent).to.deep.equal([]);
  });

  it('names its probes so that a receiver keeps them apart', async () => {
    const { run, events } = proving({ [A]: published('Metadata') });
    await run(5_000);
    expect([...events.keys()].every((id) => id.startsWith(PROBE_ID_PREFIX))).to.equal(true);
    expect(new Set(events.keys()).size).to.equal(events.size).and.to.be.above(3);
  });
});
