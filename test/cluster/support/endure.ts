import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { AuditWrite } from '../../support/controlPlane/auditLog.ts';
import { eventually } from '../../support/eventually.ts';
import type { FaultProxy, Injected, LoggedRequest, Rule } from '../../support/faultProxy.ts';
import { peakPerSecond, summary } from '../../support/faultProxy.ts';
import type { World } from '../../support/world.ts';
import { shown, untilQuiet, workSince } from './look.ts';
import { DENY, policies } from './paths.ts';

/** What is done to the operator, and what it may make of it. */
export interface Ordeal {
  readonly faults: readonly Rule[];
  readonly forMs: number;
  /** Drift, made directly while the faults are in force. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Namespaces whose deny must stand all the time: those in which `meanwhile` does not delete it. */
  readonly standing: readonly string[];
  /** Passes once everything is right again. */
  readonly right: () => Promise<void>;
  /** Every successful write of the operator, from the first fault to the quiet after it: `create networkpolicies team-a`. */
  readonly writes: readonly string[];
  readonly rightWithinMs?: number;
}

/** What was seen of it. */
export interface Endured {
  /** Requests from the first fault until the last was lifted. */
  readonly requests: readonly LoggedRequest[];
  readonly hits: number;
  /** From the lifting of the faults until everything was right. */
  readonly rightMs: number;
}

/**
 * For a handful of namespaces. A failed write is tried eight times in its first second (5 ms, doubled), and seldom after
 * that: what does not get less is a storm. Each watch backs off by itself: beyond a dozen, there are more with each.
 */
const STORM = { perSecond: 50, inOneSecond: 120, inTheLastSecond: 40 };
const STORM_PER_WATCH = { perSecond: 4, inOneSecond: 10, inTheLastSecond: 3.5 };
/** Reports are written once a second, and Events ten times a second. */
const QUIET_MS = 1_100;
/** Faults that meet connections, not requests. */
const UNCOUNTED: ReadonlySet<string> = new Set(['reset', 'outage']);

/**
 * The promise of every fault: no deny vanishes while it lasts and no storm comes of it; when it is over the same process
 * puts right what drifted, with the writes that this needs and no other, and rests.
 */
export async function endure(world: World, proxy: FaultProxy, ordeal: Ordeal): Promise<Endured> {
  const operator = world.operator();
  const mark = await world.mark();
  const denies = await watchDenies(world);
  const sinceMs = performance.now();
  const injected = ordeal.faults.map((rule) => proxy.inject(rule));
  await ordeal.meanwhile?.();
  await sleep(Math.max(0, sinceMs + ordeal.forMs - performance.now()));
  const requests = proxy.requests(sinceMs);
  await Promise.all(injected.map((one) => one.lift()));
  const liftedMs = performance.now();
  await eventually(ordeal.right, { withinMs: ordeal.rightWithinMs ?? 10_000, everyMs: 20 });
  const rightMs = Math.round(performance.now() - liftedMs);
  const hits = injected.reduce((sum, one: Injected) => sum + one.hits(), 0);
  print({ requests, hits, rightMs }, ordeal);
  await untilQuiet(world, QUIET_MS);
  denies.stop();
  if (!ordeal.faults.every(({ fault }) => UNCOUNTED.has(fault.type)))
    expect(hits, 'it met something').to.be.at.least(1);
  expectNoStorm(requests, sinceMs, liftedMs);
  expect(denies.vanished().filter((namespace) => ordeal.standing.includes(namespace))).to.deep.equal([]);
  const work = await workSince(world, mark);
  expect(briefly(work), shown(work).join('; ')).to.deep.equal(ordeal.writes.toSorted());
  expect(world.operator().pid).to.equal(operator.pid);
  expect(await Promise.race([operator.exited, 'running'])).to.equal('running');
  return { requests, hits, rightMs };
}

function expectNoStorm(requests: readonly LoggedRequest[], fromMs: number, untilMs: number): void {
  const watches = new Set(requests.filter(({ verb }) => verb === 'watch').map(({ resource }) => resource)).size;
  const most = (bound: keyof typeof STORM): number => Math.max(STORM[bound], watches * STORM_PER_WATCH[bound]);
  const last = requests.filter(({ atMs }) => atMs >= untilMs - 1_000);
  expect((requests.length * 1_000) / (untilMs - fromMs), summary(requests)).to.be.at.most(most('perSecond'));
  expect(peakPerSecond(requests), summary(requests)).to.be.at.most(most('inOneSecond'));
  expect(last.length, summary(last)).to.be.at.most(most('inTheLastSecond'));
}

const briefly = (work: readonly AuditWrite[]): readonly string[] =>
  work
    .filter(({ resource }) => resource !== 'securitybaselines')
    .map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`)
    .toSorted();

function print({ requests, hits, rightMs }: Endured, { forMs }: Ordeal): void {
  const perSecond = ((requests.length * 1_000) / forMs).toFixed(1);
  console.log(
    `      ${hits} hits; ${requests.length} requests in ${forMs / 1000} s (${perSecond}/s, at most ` +
      `${peakPerSecond(requests)} in one second); right ${rightMs} ms after it`,
  );
  console.log(`        ${summary(requests)}`);
}

/** Which denies were deleted while it watched. */
async function watchDenies(world: World): Promise<{ stop(): void; vanished(): readonly string[] }> {
  const { metadata } = await world.admin.get(policies());
  const vanished: string[] = [];
  const path = `${policies()}?fieldSelector=metadata.name=${DENY}&resourceVersion=${metadata.resourceVersion}`;
  const stop = await world.admin.watch(path, ({ type, object }) => {
    if (type === 'DELETED') vanished.push(object.metadata.namespace ?? '');
  });
  return { stop, vanished: () => vanished };
}
