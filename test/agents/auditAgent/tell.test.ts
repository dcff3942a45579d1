import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AUDIT_AGENT_METRICS } from '../../../src/agents/auditAgent/metricTable.ts';
import { NEW_STATE } from '../../../src/agents/auditAgent/nodeState.ts';
import { createTelling, REFUSALS, reportOf } from '../../../src/agents/auditAgent/tell.ts';
import type { Told } from '../../../src/agents/auditAgent/worker.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { observedOf } from './observed.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
const HASH = '1'.repeat(64);

const OBSERVED = observedOf(HASH, HASH);
const resting = (reason: string): Told => ({
  state: { ...NEW_STATE, good: HASH },
  observed: OBSERVED,
  step: { step: 'rest', outcome: { reason, message: '' } },
  proof: 'unknown',
});

/** The reasons of the page for which nothing on a node has changed. */
const documented = (): readonly string[] => {
  const [, section = ''] = readFileSync(join(DOCS, 'audit-agent.md'), 'utf8').split(
    '## Why a policy is not rolled out',
  );
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason = '']) => reason);
};

describe('What an audit agent tells', () => {
  const begin = () => {
    const metrics = createMetrics({ defaults: false, rows: AUDIT_AGENT_METRICS });
    return { metrics, telling: createTelling('a', silent, metrics) };
  };

  it('begins every counter at zero, so that the first time is an increase', async () => {
    const { metrics } = begin();
    const text = await metrics.text();
    for (const { name, labels } of AUDIT_AGENT_METRICS.filter(({ type }) => type === 'counter')) {
      expect(labels).to.have.lengthOf(1);
      expect(text).to.match(new RegExp(`^${name}\\{${labels[0]}="\\w+"\\} 0$`, 'm'));
    }
    for (const reason of REFUSALS) expect(text).to.contain(`refusals_total{reason="${reason}"} 0`);
    for (const result of ['done', 'taken_back']) expect(text).to.contain(`rollouts_total{result="${result}"} 0`);
    for (const step of ['look', 'putPolicy', 'takeTurn']) expect(text).to.contain(`errors_total{step="${step}"} 0`);
  });

  it('knows each reason of the page as a refusal, or as one to wait, to know nothing, or to have nothing to do', () => {
    const reasons = documented();
    expect(reasons).to.have.length.above(20);
    const refused = reasons.filter((reason) => reportOf('a', resting(reason)).phase === 'Refused');
    // The turn is waited for by a step of its own.
    expect(refused.filter((reason) => reason !== 'WaitingForTurn').toSorted()).to.deep.equal(REFUSALS.toSorted());
  });

  it('counts a refusal once for as long as it lasts, and is in no step meanwhile', async () => {
    const { metrics, telling } = begin();
    telling.step(resting('HashMismatch'));
    telling.step(resting('HashMismatch'));
    const text = await metrics.text();
    expect(text).to.contain('drawbridge_audit_agent_refusals_total{reason="HashMismatch"} 1');
    expect(text).to.contain('drawbridge_audit_agent_phase{phase="Refused"} 1');
    expect(text).to.match(/^drawbridge_audit_agent_in_step 0$/m);
  });
});
