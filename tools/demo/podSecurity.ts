import { eventually } from '../../test/support/eventually.ts';
import type { AnyObject } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';
import { PATIENT } from './condition.ts';
import { dim, green, heading, red, say } from './screen.ts';
import { GOVERNED_NAMES, SAMPLES } from './stage.ts';

const NAMESPACE = 'search';
const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/crawler`;
const REPORT = `/apis/drawbridge.dev/v1alpha1/namespaces/${NAMESPACE}/baselinereports/drawbridge`;
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** A level is first raised when no workload would break by it, one namespace like the other, and from then on by itself. */
export async function showPodSecurity({ admin }: World): Promise<void> {
  heading('5  Pods of search would break, so its level waits for them');
  say(dim('   manifests/samples/podsecurity.yaml: enforce baseline, and Hold'));
  const level = async (namespace: string): Promise<string | undefined> =>
    (await admin.get(`/api/v1/namespaces/${namespace}`)).metadata.labels?.[ENFORCE];
  await admin.create(crawler(true));
  await admin.apply(`${SAMPLES}podsecurity.yaml`);
  const others = GOVERNED_NAMES.filter((name) => name !== NAMESPACE);
  await eventually(async () => {
    for (const name of others) mustBe('baseline', await level(name), name);
  }, PATIENT);
  say(`   ${green('raised')}   ${others.join(', ')}: nothing there would break`);
  const findings = await eventually(async () => {
    const { findings: found = [] } = await admin.get(REPORT);
    return ['RaiseHeld', 'BreaksPodSecurity'].map((reason) => {
      const one = found.find((finding: AnyObject) => finding.reason === reason);
      if (one === undefined) throw new Error(`the report of ${NAMESPACE} has no finding ${reason}`);
      return one as AnyObject;
    });
  }, PATIENT);
  for (const { message } of findings) say(`   ${red('held')}     ${message}`);
  mustBe(undefined, await level(NAMESPACE), NAMESPACE);
  await admin.patch(DEPLOYMENT, { spec: crawler(false).spec });
  const fromMs = performance.now();
  await eventually(async () => mustBe('baseline', await level(NAMESPACE), NAMESPACE), PATIENT);
  say(
    `   ${green('raised')}   ${NAMESPACE}, ${(performance.now() - fromMs).toFixed(0)} ms after its team fixed the workload`,
  );
}

function mustBe(wanted: string | undefined, level: string | undefined, namespace: string): void {
  if (level !== wanted) throw new Error(`${namespace} is enforced at ${level}, and not at ${wanted}`);
}

const crawler = (privileged: boolean) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'crawler', namespace: NAMESPACE },
  spec: {
    // No node runs its pods; what is recreated goes at once.
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { app: 'crawler' } },
    template: {
      metadata: { labels: { app: 'crawler' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/crawler', securityContext: { privileged } }] },
    },
  },
});
