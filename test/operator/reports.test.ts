import { expect } from 'chai';
import type { BaselineReportBody } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import { outcomeOf } from '../../src/core/outcome/outcome.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import { createReportsController } from '../../src/operator/controllers/reports.ts';
import { createGovernances } from '../../src/operator/governances.ts';
import type { WorkResult } from '../../src/operator/queue.ts';
import { baseline, baselineEntry, finding, namespaceEntry, OWN, PROD } from '../support/build.ts';
import { createClock } from '../support/buildClock.ts';
import { createServer, refused } from '../support/buildServer.ts';

const REF = { kind: 'BaselineReport', namespace: 'payments', name: 'drawbridge' };
const DRIFT: Drift = {
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' },
  section: 'network',
  control: 'network.default-deny',
  baseline: 'restricted',
  change: 'deleted',
  fields: [],
  manager: '',
  result: 'repaired',
  repairedInMs: 4,
};

function world(...baselines: readonly Baseline[]) {
  const clock = createClock();
  const server = createServer(clock.nowMs, namespaceEntry('payments'), ...baselines.map((b) => baselineEntry(b)));
  const governances = createGovernances(server.index, OWN);
  governances.refreshAll();
  const state: { outcome: Outcome | undefined } = { outcome: undefined };
  const changed: string[] = [];
  const onChanged = (namespace: string): void => void changed.push(namespace);
  const controller = createReportsController({
    clock,
    governances,
    ports: server.ports,
    outcome: () => state.outcome,
    onChanged,
  });
  const said = (findings = [] as ReturnType<typeof finding>[]): void => {
    const governance = governances.of('payments');
    if (governance === undefined) throw new Error('nothing is known');
    const attributed = findings.map((f) => ({ ...f, baseline: 'restricted', shadow: false }));
    const none = { withheld: [], results: [], drifts: [], contested: 0, durationMs: 0, terminating: false };
    state.outcome = outcomeOf({ governance, findings: attributed, ...none });
  };
  return {
    clock,
    server,
    governances,
    controller,
    said,
    run: (): Promise<WorkResult> =>
      controller.reconcile({ key: 'payments', sinceMs: 0, signal: new AbortController().signal }),
    report: () => server.get(REF) as (BaselineReportBody & { metadata: { labels?: object } }) | undefined,
    verbs: () => server.writes.map(({ verb }) => verb),
    changed,
  };
}

describe('the report of a namespace', () => {
  it('that an older CRD drops fields of is written once, and that is told: part of the record is lost', async () => {
    const { run, said, server, verbs, changed, clock } = world(baseline('restricted'));
    server.admission = (object) => {
      const { layers: _dropped, ...kept } = object as typeof object & { layers?: unknown };
      return kept;
    };
    said();
    for (let i = 0; i < 3; i += 1) {
      await run();
      clock.spend(5_000);
    }
    expect([verbs(), changed]).to.deep.equal([['create'], ['payments']]);
    said([finding()]);
    await run();
    server.admission = (object) => object;
    clock.spend(5_000);
    said();
    await run();
    clock.spend(5_000);
    await run();
    expect([verbs(), changed]).to.deep.equal([['create', 'update', 'update'], ['payments']]);
  });

  it('is written after the first outcome, and not before', async () => {
    const { run, said, report } = world(baseline('restricted'));
    await run();
    expect(report()).to.equal(undefined);
    said();
    await run();
    expect(report()).to.include({ state: 'Compliant', summary: 'network by restricted' });
  });

  it('is written again only when it changes', async () => {
    const { clock, run, said, verbs, report } = world(baseline('restricted'));
    said();
    await run();
    clock.spend(5000);
    said();
    await run();
    expect(verbs()).to.deep.equal(['create']);
    said([finding()]);
    await run();
    expect(verbs()).to.deep.equal(['create', 'update']);
    expect(report()?.state).to.equal('Drifted');
  });

  it('is written at most once a second, and the last word is not lost', async () => {
    const { clock, run, said, verbs, report } = world(baseline('restricted'));
    said();
    await run();
    said([finding()]);
    clock.spend(400);
    expect(await run()).to.deep.equal({ result: 'done', againAtMs: 1000 });
    clock.spend(600);
    await run();
    expect(verbs()).to.deep.equal(['create', 'update']);
    expect(report()?.state).to.equal('Drifted');
  });

  it('names who is behind the last drift, when somebody knows, and not the author of an older one', async () => {
    const { run, said, report, controller, clock } = world(baseline('restricted'));
    said();
    controller.noteDrift('payments', DRIFT);
    await run();
    const at = report()?.lastDrift?.at;
    expect(report()?.lastDrift).not.to.have.property('user');
    expect(controller.noteAuthor(DRIFT, 'mallory')).to.equal(true);
    await clock.advance(1_000);
    await run();
    expect(report()?.lastDrift).to.include({ user: 'mallory', at });
    controller.noteDrift('payments', { ...DRIFT });
    expect(controller.noteAuthor(DRIFT, 'bob')).to.equal(false);
  });

  it('tells the last drift with the time it was seen, and keeps it until there is another', async () => {
    const { clock, run, said, controller, report } = world(baseline('restricted'));
    said();
    controller.noteDrift('payments', DRIFT);
    clock.spend(500);
    await run();
    expect(report()?.lastDrift).to.include({ change: 'deleted', at: '2026-01-01T00:00:00.000Z', repairedInMs: 4 });
    clock.spend(5000);
    said([finding()]);
    await run();
    expect(report()?.lastDrift).to.include({ at: '2026-01-01T00:00:00.000Z' });
  });

  it('does not lose a drift when its write fails', async () => {
    const { run, said, controller, server, report } = world(baseline('restricted'));
    said();
    controller.noteDrift('payments', DRIFT);
    server.before = () => {
      throw refused(500);
    };
    await run().catch(() => {});
    server.before = () => {};
    await run();
    expect(report()?.lastDrift?.change).to.equal('deleted');
  });

  it('that somebody edited is put right, and their labels stay', async () => {
    const { clock, run, said, server, report } = world(baseline('restricted'));
    said();
    await run();
    const raw = server.get(REF);
    if (raw === undefined) throw new Error('no report');
    server.put({ ...raw, metadata: { ...raw.metadata, labels: { team: 'a' } }, sections: [] });
    clock.spend(1000);
    await run();
    expect(report()?.sections).to.have.length(1);
    expect(report()?.metadata.labels).to.deep.equal({ team: 'a' });
  });

  it('THREATS 14: is the record: what it holds is read back after a restart', async () => {
    const first = world(baseline('restricted'));
    first.said();
    await first.run();
    const again = createGovernances(first.server.index, OWN);
    first.server.index.set(namespaceEntry('payments', {}));
    again.refreshAll();
    expect(again.of('payments')?.sections[0]?.governor?.retained).to.equal(true);
  });

  it('goes when nothing governs or holds the namespace any more, and not while a prune is outstanding', async () => {
    const deleting = baseline('restricted', { deletionPolicy: 'Delete' });
    const { run, said, governances, report } = world(deleting);
    said();
    await run();
    governances.release('uid-restricted');
    said();
    await run();
    expect(report()).to.not.equal(undefined);
    governances.pruned('payments', new Set(['network']));
    said();
    await run();
    expect(report()).to.equal(undefined);
  });

  it('is not written for a namespace that nobody governs', async () => {
    const { run, said, verbs } = world();
    said();
    await run();
    expect(verbs()).to.deep.equal([]);
  });

  it('THREATS 17: is not written into a namespace that goes', async () => {
    const { run, said, server, verbs } = world(baseline('restricted'));
    said();
    server.index.set(namespaceEntry('payments', PROD, { deletionTimestamp: 'now' }));
    await run();
    server.index.delete({ kind: 'Namespace', namespace: '', name: 'payments' });
    await run();
    expect(verbs()).to.deep.equal([]);
  });
});
