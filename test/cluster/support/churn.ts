import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { FaultProxy, Rule } from '../../support/faultProxy.ts';
import type { World } from '../../support/world.ts';
import { ALLOW_ALL } from './attacks.ts';
import { untilQuiet, untilReady } from './look.ts';
import { baselinePath, DENY, namespacePath, policies, reportPath, roles, VIEWER } from './paths.ts';
import { expectRight } from './right.ts';
import { baselineOf, denyOnly, FULL_RBAC, LABEL } from './spec.ts';

/** What stays for the whole churn: so many that none is drifted often enough to be `Contested`, which has series of its own. */
export const LASTING = 'lasting';
export const STANDING: readonly string[] = Array.from({ length: 40 }, (_, at) => `standing-${at}`);
/** All names of what comes and goes begin so. */
export const PASSING = 'passing';
/** The longest name that a namespace may have: what is kept by name is kept at its full weight. */
const NAME_LENGTH = 63;
const NAMESPACES_A_ROUND = 10;
const NAMESPACES = '/api/v1/namespaces';
const BASELINES = '/apis/drawbridge.dev/v1alpha1/securitybaselines';
const SETTLED_WITHIN_MS = 60_000;

const sections = (blocked: string) => ({ ...denyOnly({ blockedCidrs: [blocked] }), rbac: FULL_RBAC });

/** What is done to the watches, one in each round: each ends all of them, or one kind's, another way. */
const CUTS: readonly Rule[] = [
  { match: { verbs: ['watch'] }, fault: { type: 'closeWatches', everyMs: 50 } },
  { match: {}, fault: { type: 'reset' } },
  { match: { verbs: ['watch'] }, fault: { type: 'errorEvent', status: 410 } },
  { match: { verbs: ['watch'] }, fault: { type: 'cut', afterBytes: 300 } },
  { match: { verbs: ['watch'] }, fault: { type: 'truncate' } },
  { match: { verbs: ['watch'] }, fault: { type: 'refuse', status: 503 } },
  { match: { verbs: ['watch'] }, fault: { type: 'errorEvent', status: 500 } },
];
export const ROUNDS_A_BLOCK = CUTS.length;

export async function beginChurn(world: World): Promise<void> {
  await Promise.all(STANDING.map((name) => world.namespace(name, { [LABEL]: LASTING })));
  await world.admin.create(baselineOf(LASTING, sections('192.0.2.0/24')));
  await untilReady(world, LASTING, STANDING.length, SETTLED_WITHIN_MS);
  await untilQuiet(world);
}

/**
 * One round: namespaces and a baseline come, what stands drifts, the lasting baseline is edited, namespaces change their
 * labels, all while watches are cut; then what came goes. Answers how many namespaces came.
 */
export async function churnOnce(world: World, proxy: FaultProxy, round: number): Promise<number> {
  const { admin } = world;
  const passing = `${PASSING}-${round}`;
  const names = Array.from({ length: NAMESPACES_A_ROUND }, (_, at) => `${passing}-${at}-`.padEnd(NAME_LENGTH, 'x'));
  const standing = STANDING[round % STANDING.length] ?? '';
  await admin.create(baselineOf(passing, { ...denyOnly(), ...(round % 2 === 0 ? { deletionPolicy: 'Delete' } : {}) }));
  const cut = CUTS[round % CUTS.length];
  const injected = cut === undefined ? undefined : proxy.inject(cut);
  await Promise.all(names.map((name, at) => world.namespace(name, { [LABEL]: at % 2 === 0 ? LASTING : passing })));
  await Promise.all([
    admin.delete(policies(standing, DENY)),
    admin.patch(roles(standing, VIEWER), { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
    admin.create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `${passing}-opens`, namespace: standing },
      spec: ALLOW_ALL,
    }),
    admin.patch(baselinePath(LASTING), { spec: { network: { blockedCidrs: [`198.51.${round % 200}.0/24`] } } }),
  ]);
  await injected?.lift();
  await Promise.all(
    [standing, ...names].map((name) => eventually(() => admin.get(policies(name, DENY)), { withinMs: 30_000 })),
  );
  const [first = '', second = '', , third = ''] = names;
  await Promise.all([
    admin.patch(namespacePath(first), { metadata: { labels: { [LABEL]: passing } } }),
    admin.patch(namespacePath(second), { metadata: { labels: { [LABEL]: null } } }),
    admin.patch(policies(standing, DENY), { spec: { ingress: [{}] } }),
    admin.delete(policies(standing, `${passing}-opens`)),
    admin.delete(policies(third, DENY)),
  ]);
  // Drift is counted by baseline, this one's too.
  await eventually(() => admin.get(policies(third, DENY)), { withinMs: 30_000 });
  await Promise.all([...names.map((name) => admin.delete(namespacePath(name))), admin.delete(baselinePath(passing))]);
  return names.length;
}

/** Waits until nothing is left of what came, what stands is right, and the operator rests. */
export async function settleChurn(world: World): Promise<void> {
  const { admin } = world;
  await eventually(
    async () => {
      const left = [...(await admin.list(NAMESPACES)), ...(await admin.list(BASELINES))];
      expect(left.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(PASSING))).to.deep.equal([]);
    },
    { withinMs: SETTLED_WITHIN_MS, everyMs: 200 },
  );
  await untilReady(world, LASTING, STANDING.length, SETTLED_WITHIN_MS);
  await expectRight(world, STANDING);
  for (const name of STANDING)
    await eventually(async () => expect((await admin.get(reportPath(name))).findings ?? []).to.deep.equal([]));
  await untilQuiet(world);
}
