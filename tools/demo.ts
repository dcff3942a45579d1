import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../test/support/eventually.ts';
import type { AnyObject } from '../test/support/kubeAdmin.ts';
import type { World } from '../test/support/world.ts';
import { showAdmission } from './demo/admission.ts';
import { attack, attacksOn } from './demo/attacks.ts';
import { showAudit } from './demo/audit.ts';
import { showPodSecurity } from './demo/podSecurity.ts';
import { bold, dim, green, heading, red, say, table } from './demo/screen.ts';
import { GOVERNED_NAMES, SAMPLES, setStage, tenant } from './demo/stage.ts';
import { showWaiver } from './demo/waiver.ts';

/**
 * Shows on a real API server what Drawbridge does: converge, repair, report. Ends 0 when everything shown is true, else
 * with the reason. `--keep` leaves the cluster and the operator running until Ctrl-C.
 */
const GOVERNED = GOVERNED_NAMES.length;
/** Mallory thinks between two attempts: without a pause, the race itself would be the finding. */
const PAUSE_MS = 400;
const keep = process.argv.includes('--keep');

const stage = await setStage();
const { world } = stage;
let failed = false;
try {
  await showConvergence(world);
  if (keep) await stay(world);
  else {
    await showRepairs(world);
    await showForeignPolicy(world);
    await showTrial(world);
    await showPodSecurity(world);
    await showWaiver(world);
    await showAdmission(world);
    await showNumbers(world);
    await showAudit(stage);
    say(
      `\n${green('Everything shown was checked against the API server.')} ${dim('make run keeps such a cluster up.')}`,
    );
  }
} catch (error) {
  failed = true;
  say(`\n${red('The demo failed:')} ${error instanceof Error ? error.message : String(error)}`);
  for (const line of world.operator().lines().slice(-20)) say(dim(JSON.stringify(line)));
} finally {
  await stage.close();
}
process.exit(failed ? 1 : 0);

async function showConvergence({ admin, baseline }: World): Promise<void> {
  heading('1  One baseline, six namespaces');
  say(dim('   manifests/samples/restricted.yaml: default deny, five doors, a Role and a binding'));
  await admin.apply(`${SAMPLES}restricted.yaml`);
  const fromMs = performance.now();
  const status = await eventually(async () => {
    const now = (await baseline('restricted')).status;
    if (now?.summary !== `${GOVERNED}/${GOVERNED}`) throw new Error(`namespaces: ${now?.summary}`);
    return now;
  });
  say(`   converged and said so after ${(performance.now() - fromMs).toFixed(0)} ms`);
  conditions(status);
  const policies = await admin.list('/apis/networking.k8s.io/v1/namespaces/payments/networkpolicies');
  const bindings = await admin.list('/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings');
  say('   in namespace payments:');
  for (const { metadata } of policies) say(`     NetworkPolicy  ${metadata.name}`);
  for (const { metadata, subjects } of bindings) say(`     RoleBinding    ${metadata.name} → ${subjects[0].name}`);
}

function conditions(status: AnyObject['status']): void {
  table(
    status.conditions.map(({ type, status: value, reason, message }: Record<string, string>) => [
      ' ',
      type ?? '',
      value ?? '',
      reason ?? '',
      message ?? '',
    ]),
  );
}

async function showRepairs(shown: World): Promise<void> {
  const { admin } = shown;
  heading('2  Mallory administers payments, and tries');
  const mallory = await tenant(admin, 'mallory', 'payments');
  const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings';
  const ours = (await admin.list(bindings)).find(({ metadata }) => metadata.name.startsWith('drawbridge-'));
  const rows: string[][] = [['', 'what', 'put right in', 'what differed', 'who, as they say']];
  for (const step of attacksOn(`${bindings}/${ours?.metadata.name}`)) {
    const wanted = await admin.get(step.path);
    // A holder of `admin` may grant what he holds; the viewer Role is narrower than that.
    const { ms, fields, manager } = await attack(shown, mallory, step, wanted);
    await sleep(PAUSE_MS);
    rows.push(['✓', step.what, `${ms.toFixed(1)} ms`, fields.slice(0, 44), manager]);
  }
  table(rows);
}

async function showForeignPolicy({ admin, baseline }: World): Promise<void> {
  heading('3  A policy of somebody else opens checkout');
  const policies = '/apis/networking.k8s.io/v1/namespaces/checkout/networkpolicies';
  await admin.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'temporary-debug', namespace: 'checkout' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
  });
  const fromMs = performance.now();
  const status = await eventually(async () => {
    const now = (await baseline('restricted')).status;
    if (now.summary === `${GOVERNED}/${GOVERNED}`) throw new Error('still compliant');
    return now;
  });
  say(`   known after ${(performance.now() - fromMs).toFixed(0)} ms`);
  conditions(status);
  for (const { namespace, reason, message } of status.worst) say(`   ${red(reason)} in ${bold(namespace)}: ${message}`);
  await admin.delete(`${policies}/temporary-debug`);
  await eventually(async () => {
    if ((await baseline('restricted')).status.summary !== `${GOVERNED}/${GOVERNED}`) throw new Error('not compliant');
  });
  say(`   ${green('removed, and compliant again')}`);
}

async function showTrial({ admin, baseline }: World): Promise<void> {
  heading('4  A stricter baseline on trial disarms nothing');
  await admin.apply(`${SAMPLES}audit-trial.yaml`);
  const status = await eventually(async () => {
    const now = (await baseline('audit-trial')).status;
    if ((now.worst ?? []).length === 0) throw new Error('no findings yet');
    return now;
  });
  say('   audit-trial has the higher priority, but only looks; this is what it would change:');
  const [first] = status.worst;
  say(`   ${first.reason} in ${bold(first.namespace)}: ${first.message}`);
  say(`   ${status.namespaces.drifted} of ${status.namespaces.governed} namespaces differ; restricted still governs`);
}

async function showNumbers({ admin, operator }: World): Promise<void> {
  heading('8  What dashboards and tickets see');
  const events = await eventually(async () => {
    const found = await admin.list('/apis/events.k8s.io/v1/namespaces/payments/events');
    if (found.length < 3) throw new Error(`${found.length} Events`);
    return found;
  });
  for (const { reason, note } of events.slice(0, 3)) say(`   Event   ${reason}: ${note}`);
  const report = await admin.get('/apis/drawbridge.dev/v1alpha1/namespaces/payments/baselinereports/drawbridge');
  say(`   Report  payments: ${report.state}; ${report.summary}; last drift ${report.lastDrift.object}`);
  const shown = /^drawbridge_(namespaces|drift_detected_total|repairs_total|findings)\{/;
  const lines = (await operator().metrics()).split('\n').filter((line) => shown.test(line) && !line.endsWith(' 0'));
  for (const line of lines.slice(0, 12)) say(`   ${line}`);
  say(dim(`   the operator uses ${((await operator().rssBytes()) / 2 ** 20).toFixed(0)} MiB`));
}

async function stay({ controlPlane }: World): Promise<void> {
  heading('The cluster stays until Ctrl-C');
  say(`   export KUBECONFIG=${controlPlane.kubeconfig}`);
  say('   kubectl get sbl; kubectl get baselinereport -A; kubectl delete networkpolicy -n payments --all');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
