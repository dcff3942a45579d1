import { eventually } from '../../test/support/eventually.ts';
import type { AnyObject } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';
import { PATIENT } from './condition.ts';
import { bold, green, heading, red, say } from './screen.ts';

const NAMESPACE = 'catalog';
const DENY = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies/drawbridge-default-deny`;
const REPORT = `/apis/drawbridge.dev/v1alpha1/namespaces/${NAMESPACE}/baselinereports/drawbridge`;
/** Long enough to be seen, also on a slow machine. */
const LIFE_MS = 6_000;

/** An exemption that somebody answers for, in one namespace, for one control, with an end that needs nobody. */
export async function showWaiver({ admin }: World): Promise<void> {
  heading('6  An exemption ends by itself');
  const expiresAt = new Date(Date.now() + LIFE_MS);
  await admin.create(waiver(expiresAt.toISOString()));
  await untilDeny(false);
  const { waivers } = await eventually(async () => {
    const report = await admin.get(REPORT);
    if (report.state !== 'Waived' || report.waivers === undefined) throw new Error(`${NAMESPACE} is ${report.state}`);
    return report;
  }, PATIENT);
  for (const { waiver: name, until } of waivers) {
    say(`   ${red('waived')}   the deny of ${bold(NAMESPACE)} is gone, until ${until}, by the BaselineWaiver ${name}`);
  }
  await untilDeny(true);
  const lateMs = Date.now() - expiresAt.getTime();
  if (lateMs < 0) throw new Error(`the deny came back ${-lateMs} ms before the waiver ended`);
  const event = await eventually(async () => {
    const found = (await admin.list('/apis/events.k8s.io/v1/namespaces/default/events')).find(isExpiry);
    if (found === undefined) throw new Error('no Event says that the waiver expired');
    return found;
  }, PATIENT);
  say(`   ${green('ended')}    the deny stands again, seen ${lateMs} ms after; Event ${event.reason}: ${event.note}`);

  async function untilDeny(stands: boolean): Promise<void> {
    await eventually(async () => {
      const deny = await admin.find(DENY);
      if ((deny !== undefined) !== stands) throw new Error(`the deny ${stands ? 'has not come back' : 'still stands'}`);
    }, PATIENT);
  }
}

const isExpiry = ({ reason, regarding }: AnyObject): boolean =>
  reason === 'WaiverExpired' && regarding?.kind === 'BaselineWaiver';

const waiver = (expiresAt: string) => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'BaselineWaiver',
  metadata: { name: 'catalog-migration' },
  spec: {
    namespaces: [NAMESPACE],
    controls: ['network.default-deny'],
    reason: 'the catalog moves tonight',
    approvedBy: 'security@example.com',
    expiresAt,
  },
});
