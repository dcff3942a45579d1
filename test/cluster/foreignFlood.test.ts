import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RUNTIME } from '../../tools/bundle/runtime.ts';
import { eventually } from '../support/eventually.ts';
import type { NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady } from './support/look.ts';
import { DENY, policies, reportPath } from './support/paths.ts';
import { repairsOf } from './support/race.ts';
import { baselineOf, denyOnly } from './support/spec.ts';

const NAME = 'flooded';
const FLOODED = 'flooded-team';
const BESIDE = 'team-beside';
const POLICIES = 500;
/** Half a gigabyte takes the API server minutes and gigabytes; a tenth shows the same, and the whole is a long test. */
const LARGE = process.env.DRAWBRIDGE_LONG_TESTS ? POLICIES : 50;
/** About a megabyte: etcd takes 1.5. */
const PEERS = 24_000;
/** The Deployment allows 512 (manifests/base/deployment.yaml); a line of a megabyte is read into several at once. */
const MAX_RSS_MIB = 320;
const READY_WITHIN_MS = process.env.DRAWBRIDGE_LONG_TESTS ? 180_000 : 60_000;
const REPORTED = 20;
const DELETIONS = 10;

/** Opens its namespace to addresses, one by one; to everybody where there are none. */
const foreign = (index: number, peers: number): NewObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: `foreign-${String(index).padStart(3, '0')}`, namespace: FLOODED },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [
      peers === 0
        ? {}
        : { from: Array.from({ length: peers }, (_, i) => ({ ipBlock: { cidr: addressOf(index, i) } })) },
    ],
  },
});

const addressOf = (index: number, i: number): string => `10.${index % 250}.${Math.floor(i / 250)}.${i % 250}/32`;

describe('THREATS 6: five hundred policies of others, the largest of a megabyte, in one namespace', function () {
  this.timeout(process.env.DRAWBRIDGE_LONG_TESTS ? 1_200_000 : 180_000);
  const world = useWorld({ nodeArgs: RUNTIME.nodeArgs, env: RUNTIME.env });
  const admin = () => world().admin;

  before(async () => {
    await member(world(), FLOODED, NAME);
    await member(world(), BESIDE, NAME);
    await admin().create(baselineOf(NAME, denyOnly()));
    await untilReady(world(), NAME, 2);
    await untilQuiet(world());
  });

  const repairsBeside = () => repairsOf(admin(), policies(BESIDE, DENY), DELETIONS);
  /** The most memory that the process ever had, in MiB. */
  const peakMib = (): number => {
    const status = readFileSync(`/proc/${world().operator().pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
  const show = (what: string, took: readonly number[], baseMs: number): void =>
    console.log(
      `      ${what}: peak ${peakMib().toFixed(0)} MiB; repairs beside it ${took.join(', ')} ms, ${baseMs} before`,
    );
  const expectReported = () =>
    eventually(
      async () => {
        const report = await admin().get(reportPath(FLOODED));
        expect(report.findings).to.have.lengthOf(REPORTED);
        expect(report.summary).to.contain(`; ${POLICIES} findings`);
        expect(JSON.stringify(report).length).to.be.below(64 * 1024);
      },
      { withinMs: 60_000, everyMs: 250 },
    );

  let baseMs = 0;

  it('planted while it runs: memory stays in bounds, and a deny beside it is repaired in the usual time', async () => {
    baseMs = median(await repairsBeside());
    const plant = (from: number, to: number, peers: number) =>
      Promise.all(Array.from({ length: to - from }, (_, i) => admin().create(foreign(from + i, peers))));
    const planting = (async () => {
      for (let at = 0; at < LARGE; at += 5) await plant(at, at + 5, PEERS);
      for (let at = LARGE; at < POLICIES; at += 50) await plant(at, at + 50, 0);
    })();
    const during = await repairsBeside();
    await planting;
    await expectReported();
    const after = await repairsBeside();
    show('while it ran', [...during, ...after], baseMs);
    expect(peakMib()).to.be.below(MAX_RSS_MIB);
    expect(median(after)).to.be.below(Math.max(200, 5 * baseMs));
    expect(Math.max(...during)).to.be.below(5_000);
  });

  it('there before it starts: memory stays in bounds, and a deny beside it is repaired in the usual time', async () => {
    const startedMs = performance.now();
    const operator = await world().restartOperator();
    // The API server reads them from etcd and sends them: until then nothing in their kind is judged (THREATS 19).
    await eventually(async () => expect((await operator.health('/readyz')).status).to.equal(200), {
      withinMs: READY_WITHIN_MS,
      everyMs: 50,
    });
    console.log(`      it knew them ${((performance.now() - startedMs) / 1_000).toFixed(1)} s after its start`);
    await untilQuiet(world());
    await expectReported();
    const took = await repairsBeside();
    show('there before', took, baseMs);
    expect(peakMib()).to.be.below(MAX_RSS_MIB);
    expect(median(took)).to.be.below(Math.max(200, 5 * baseMs));
  });
});
