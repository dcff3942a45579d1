import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AUDIT_POLICY_NAME } from '../../src/api/names.ts';
import { eventually } from '../../test/support/eventually.ts';
import { OPERATOR_NAMESPACE } from '../../test/support/install.ts';
import type { AnyObject } from '../../test/support/kubeAdmin.ts';
import { PATIENT, untilCondition } from './condition.ts';
import { dim, green, heading, red, say } from './screen.ts';
import type { Stage } from './stage.ts';
import { BUNDLE, SAMPLES } from './stage.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/configmaps`;
const TYPO = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  verb: [watch]
- level: Metadata
`;

/** Audit that is proved: a typo refused, a policy published and brought into force, and what the log is good for. */
export async function showAudit(stage: Stage): Promise<void> {
  heading('9  What API servers record, and the proof');
  await showTypo(stage);
  await showProof(stage);
  await showAuthor(stage);
  await showLeastPrivilege(stage);
}

async function showTypo({ policyFile }: Stage): Promise<void> {
  say(dim('   a policy with verb: instead of verbs: the API server drops the field, and records nothing from then on'));
  const file = join(dirname(policyFile), 'typo.yaml');
  writeFileSync(file, TYPO);
  const { code, out } = await drawbridge('audit', 'lint', file, '-o', 'json');
  if (code !== 1) throw new Error(`audit lint ended with ${code}: ${out}`);
  for (const { line, message, rule } of JSON.parse(out).results.slice(0, 2)) {
    say(`   ${red('refused')}  line ${line}: ${message} ${dim(rule)}`);
  }
}

async function showProof(stage: Stage): Promise<void> {
  const { policyFile, world } = stage;
  const { admin, controlPlane } = world;
  await admin.apply(`${SAMPLES}audit.yaml`);
  await untilCondition(world, 'audit', 'AuditPolicyPublished', 'True');
  say(`   ${red('not yet')}  ${await untilCondition(world, 'audit', 'AuditEffective', 'False')}`);
  const pointer = await admin.get(`${CONFIG_MAPS}/${AUDIT_POLICY_NAME}`);
  const policy = await admin.get(`${CONFIG_MAPS}/${pointer.data.configMap}`);
  await controlPlane.killApiServer();
  writeFileSync(policyFile, policy.data['policy.yaml']);
  await controlPlane.startApiServer();
  say(`   ${dim(`${pointer.data.configMap} written to the API server's file, and the server restarted`)}`);
  say(`   ${green('proved')}   ${await untilCondition(world, 'audit', 'AuditEffective', 'True')}`);
}

async function showAuthor({ world }: Stage): Promise<void> {
  const { admin } = world;
  const deny = '/apis/networking.k8s.io/v1/namespaces/billing/networkpolicies/drawbridge-default-deny';
  const before = (await admin.get(deny)).metadata.uid;
  await admin.impersonating('mallory', ['system:masters']).delete(deny);
  const note = await eventually(async () => {
    const events = await admin.list('/apis/events.k8s.io/v1/namespaces/billing/events');
    const found = events.find(({ reason }) => reason === 'DriftAttributed')?.note;
    if (found === undefined) throw new Error('nobody knows who deleted the deny');
    return String(found);
  }, PATIENT);
  if (!note.includes('user mallory')) throw new Error(`it was mallory, and not: ${note}`);
  if ((await admin.get(deny)).metadata.uid === before) throw new Error('the deny was not deleted');
  say(`   ${green('known')}    ${note}`);
}

/** A ServiceAccount that may do everything, and needs two things. */
async function showLeastPrivilege({ world }: Stage): Promise<void> {
  const { admin, controlPlane } = world;
  const namespace = 'reports';
  const name = 'exporter';
  await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  await admin.create(role(namespace, name, [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]));
  await admin.create(binding(namespace, name));
  const exporter = admin.asUser(await controlPlane.serviceAccountKubeconfig(namespace, name));
  try {
    await eventually(() => exporter.list(`/api/v1/namespaces/${namespace}/pods`), PATIENT);
    await exporter.find(`/api/v1/namespaces/${namespace}/configmaps/settings`);
  } finally {
    await exporter.close();
  }
  const subject = `system:serviceaccount:${namespace}:${name}`;
  const proposed = await eventually(async () => {
    const { out } = await drawbridge('audit', 'propose', controlPlane.auditLogPath, '--subject', subject, '-o', 'json');
    const found = JSON.parse(out);
    if (!out.includes('"configmaps"')) throw new Error('the log is not there yet');
    return found;
  }, PATIENT);
  say(`   ${green('narrowed')} Role ${namespace}/${name} had ["*"] on ["*"]; what it used:`);
  for (const line of rulesIn(proposed)) say(`            ${line}`);
}

const rulesIn = (proposed: { readonly proposals: readonly { readonly objects: readonly AnyObject[] }[] }) =>
  proposed.proposals
    .flatMap(({ objects }) => objects.filter(({ rules }) => rules !== undefined))
    .flatMap(({ rules }) => rules.map((rule: unknown) => JSON.stringify(rule)));

const RBAC = 'rbac.authorization.k8s.io';

const role = (namespace: string, name: string, rules: unknown) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name, namespace },
  rules,
});

const binding = (namespace: string, name: string) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: RBAC, kind: 'Role', name },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
});

/** Runs the bundled command line. */
function drawbridge(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BUNDLE, ...args], { maxBuffer: 2 ** 24 }, (error, out, err) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, out: out === '' ? err : out });
    });
  });
}
