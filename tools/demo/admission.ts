import { eventually } from '../../test/support/eventually.ts';
import { renderKustomization } from '../../test/support/install.ts';
import type { World } from '../../test/support/world.ts';
import { PATIENT, untilCondition } from './condition.ts';
import { dim, green, heading, red, say } from './screen.ts';

const BASELINE = '/apis/drawbridge.dev/v1alpha1/securitybaselines/restricted';
const DENY = '/apis/networking.k8s.io/v1/namespaces/payments/networkpolicies/drawbridge-default-deny';

/** What was put right above is refused from now on: no moment is left in which it stood wrong. */
export async function showAdmission(world: World): Promise<void> {
  const { admin } = world;
  heading('7  Mallory again, at a door that is shut');
  await admin.apply(await renderKustomization('manifests/admission'));
  await admin.patch(BASELINE, { spec: { admission: 'Deny' } });
  say(`   ${dim('restricted with admission: Deny')}`);
  say(`   ${green('in force')} ${await untilCondition(world, 'restricted', 'AdmissionEnforced', 'True')}`);
  const mallory = admin.impersonating('mallory');
  const { uid } = (await admin.get(DENY)).metadata;
  const remove = async (query: Readonly<Record<string, string>>): Promise<string> => {
    const { status, body } = await mallory.request('DELETE', DENY, undefined, { query });
    if (status !== 403) throw new Error(`deleting the deny was answered with ${status}`);
    return String(body.message);
  };
  // API servers take a policy up within moments of its being written.
  await eventually(() => remove({ dryRun: 'All' }), PATIENT);
  const message = await remove({});
  if (!message.includes('drawbridge-own-objects-deny')) throw new Error(`refused by something else: ${message}`);
  if ((await admin.get(DENY)).metadata.uid !== uid) throw new Error('the deny was deleted all the same');
  say(`   ${red('refused')}  ${message}`);
}
