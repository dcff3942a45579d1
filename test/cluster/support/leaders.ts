import { expect } from 'chai';
import { LEASE_NAME } from '../../../src/api/names.ts';
import { pathOf } from '../../../src/k8s/kind.ts';
import { LEASE } from '../../../src/kube/leaseRecord.ts';
import type { AuditWrite } from '../../support/controlPlane/auditLog.ts';
import { readWrites } from '../../support/controlPlane/auditLog.ts';
import { eventually } from '../../support/eventually.ts';
import { OPERATOR_NAMESPACE, OPERATOR_USER } from '../../support/install.ts';
import type { RunningOperator } from '../../support/operator.ts';
import type { World } from '../../support/world.ts';

export const LEASE_PATH = pathOf(LEASE, OPERATOR_NAMESPACE, LEASE_NAME);

/** Shorter than what is shipped, in the same relations: a hand-over without a good-bye takes 6 s instead of 15. */
export const SHORT = {
  durationMs: 6_000,
  renewDeadlineMs: 4_000,
  args: [
    '--leader-elect',
    '--leader-election-lease-duration=6s',
    '--leader-election-renew-deadline=4s',
    '--leader-election-retry-period=800ms',
  ],
};

/** The last of repeated flags counts. */
export const AS_SHIPPED: readonly string[] = [
  '--leader-election-lease-duration=15s',
  '--leader-election-renew-deadline=10s',
  '--leader-election-retry-period=2s',
];

/** What a replica calls itself in the Lease and in its requests; it says so as soon as it has seen the Lease. */
export async function identityOf(operator: RunningOperator): Promise<string> {
  return eventually(() => {
    const told = operator.lines().find(({ message }) => message === 'leading' || message === 'standing by')?.identity;
    expect(told).to.be.a('string');
    return String(told);
  });
}

/** Every write that a replica asked for since a mark, refused ones and reviews included, but for those of the Lease. */
export async function writesBy(world: World, mark: number, operator: RunningOperator): Promise<readonly AuditWrite[]> {
  const identity = await identityOf(operator);
  const writes = await readWrites(world.controlPlane.auditLogPath, {
    mark,
    user: OPERATOR_USER,
    includeUnstored: true,
  });
  return writes.filter(({ userAgent, resource }) => userAgent.includes(identity) && resource !== LEASE.plural);
}

export const holderOf = async (world: World): Promise<string> =>
  (await world.admin.find(LEASE_PATH))?.spec.holderIdentity ?? '';

const leads = async (operator: RunningOperator): Promise<boolean> =>
  (await operator.metric('leader_election_master_status', { name: LEASE_NAME })) === 1;

/** Waits until this replica leads; answers after how many milliseconds, to within a few. */
export async function untilLeads(operator: RunningOperator, withinMs: number): Promise<number> {
  const startMs = performance.now();
  await eventually(async () => expect(await leads(operator)).to.equal(true), { withinMs, everyMs: 5 });
  return performance.now() - startMs;
}

/** Waits until one of the replicas leads and all are ready; the leader comes first. */
export const untilSettled = (operators: readonly RunningOperator[], withinMs = 20_000) =>
  eventually(
    async () => {
      for (const operator of operators) {
        const { status, body } = await operator.health('/readyz');
        expect(status, body).to.equal(200);
        await identityOf(operator);
      }
      const found: { readonly operator: RunningOperator; readonly leads: boolean }[] = [];
      for (const operator of operators) found.push({ operator, leads: await leads(operator) });
      const leaders = found.filter((one) => one.leads);
      expect(leaders).to.have.lengthOf(1);
      const standbys = found.filter((one) => !one.leads).map(({ operator }) => operator);
      return { leader: (leaders[0] as (typeof found)[number]).operator, standbys };
    },
    { withinMs },
  );
