import { expect } from 'chai';
import type { Observed, Step } from '../../../src/agents/auditAgent/nextStep.ts';
import type { NodeState, Trying } from '../../../src/agents/auditAgent/nodeState.ts';
import { NEW_STATE } from '../../../src/agents/auditAgent/nodeState.ts';
import type { NodeReport } from '../../../src/agents/auditAgent/report.ts';
import { reportName } from '../../../src/agents/auditAgent/report.ts';
import { createReporter } from '../../../src/agents/auditAgent/reporter.ts';
import { reportOf } from '../../../src/agents/auditAgent/tell.ts';
import type { KubeRequest } from '../../../src/kube/request.ts';
import type { JsonTransport } from '../../../src/kube/transport.ts';
import type { Clock } from '../../../src/operator/clock.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { observedOf } from './observed.ts';

const OLD = '0'.repeat(64);
const NEW = '1'.repeat(64);
const OBSERVED = observedOf(OLD, NEW);
const RESTING: NodeState = { ...NEW_STATE, good: OLD };
const TRYING: Trying = { sha256: NEW, way: 'forward', sinceMs: 0, before: 1, seen: undefined, mark: NEW, why: '' };
const rest = (reason: string): Step => ({ step: 'rest', outcome: { reason, message: 'm' } });

describe('The report of a node', () => {
  const cases: Readonly<Record<string, readonly [NodeState, Step, Partial<NodeReport>]>> = {
    'that has the published policy': [
      RESTING,
      { step: 'rest', outcome: 'in-force' },
      { phase: 'InForce', message: '' },
    ],
    'that waits for its turn': [
      RESTING,
      { step: 'takeTurn', sha256: NEW },
      { phase: 'Waiting', reason: 'WaitingForTurn' },
    ],
    'whose server is not ready': [RESTING, rest('ServerNotReady'), { phase: 'Waiting', message: 'm' }],
    'for which nothing is published': [RESTING, rest('NothingPublished'), { phase: 'Idle', message: 'm' }],
    'that refuses': [RESTING, rest('HashMismatch'), { phase: 'Refused', reason: 'HashMismatch', message: 'm' }],
    'that has seen nothing yet': [RESTING, rest('NotSeen'), { phase: 'Unknown', reason: 'NotSeen' }],
    'on its way': [
      { ...RESTING, trying: TRYING },
      { step: 'await', what: 'it is ready' },
      { phase: 'RollingOut', message: 'until it is ready' },
    ],
    'on its way back': [
      { ...RESTING, trying: { ...TRYING, way: 'back', why: 'it was bad' } },
      { step: 'await', what: 'it is ready' },
      { phase: 'RollingBack', reason: 'TakenBack', message: 'it was bad' },
    ],
  };
  for (const [what, [state, step, wanted]] of Object.entries(cases)) {
    it(`${what} says so`, () => {
      const report = reportOf('a', { state, observed: OBSERVED, step, proof: 'unknown' });
      expect(report).to.include({ node: 'a', good: OLD, file: OLD, wanted: NEW, proof: 'unknown', ...wanted });
    });
  }

  it('has texts alone, as a ConfigMap wants them, also where nothing is known', () => {
    const observed: Observed = { ...OBSERVED, policy: 'absent', wanted: { reason: 'NotSeen', message: '' } };
    const report = reportOf('a', { state: NEW_STATE, observed, step: rest('NotSeen'), proof: 'unknown' });
    expect(report).to.include({ good: '', file: '', wanted: '' });
    for (const value of Object.values(report)) expect(value).to.be.a('string');
  });

  it('has a name that fits, and is that of no other node', () => {
    expect(reportName('node-1')).to.equal('drawbridge-audit-node-node-1');
    const long = ['a', 'b'].map((end) => reportName(`${'n'.repeat(252)}${end}`));
    expect(new Set(long).size).to.equal(2);
    for (const name of long) expect(name).to.match(/^[a-z0-9.-]{1,253}$/);
  });
});

describe('The reporter', () => {
  const report = (message: string): NodeReport => ({
    ...reportOf('a', { state: RESTING, observed: OBSERVED, step: rest('x'), proof: 'unknown' }),
    message,
  });
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it('writes what was said last, once, and tries again what was not written', async () => {
    const written: unknown[] = [];
    let isAway = true;
    const later: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (_, run) => {
        later.push(run);
        return () => void later.splice(later.indexOf(run) >>> 0, 1);
      },
    };
    const transport: JsonTransport = {
      host: '',
      json: async <T>({ body }: KubeRequest): Promise<T> => {
        await new Promise((resolve) => setImmediate(resolve));
        if (isAway) throw new Error('away');
        written.push((body as { readonly data: NodeReport }).data.message);
        return undefined as T;
      },
    };
    const reporter = createReporter(transport, 'ns', clock, silent);
    for (const message of ['one', 'two', 'three']) reporter.say(report(message));
    await turns();
    expect({ written, waiting: later.length }).to.deep.equal({ written: [], waiting: 1 });
    isAway = false;
    later[0]?.();
    await turns();
    reporter.say(report('three'));
    await turns();
    expect(written).to.deep.equal(['three']);
    reporter.say(report('four'));
    await turns();
    expect(written).to.deep.equal(['three', 'four']);
    reporter.stop();
    reporter.say(report('five'));
    await turns();
    expect(written).to.deep.equal(['three', 'four']);
  });
});
