import type { Change, Desired } from '../core/plan/change.ts';
import { canonical } from '../core/plan/diff.ts';
import { isEscalation } from '../core/plan/refusal.ts';
import type { Entry } from '../k8s/entry.ts';
import { list, record } from '../k8s/json.ts';
import type { PolicyRule } from '../k8s/policyRule.ts';
import { covers } from '../k8s/rbac/covers.ts';
import type { ObjectRef } from '../k8s/ref.ts';
import { KubeError } from '../kube/errors.ts';
import { objectOf } from './objectOf.ts';
import type { ApplyPorts } from './ports.ts';

type Update = Change & { readonly action: 'update' };

/** The API server refused a Role or a RoleBinding because we do not hold what it hands out. */
export const isGrantRefused = (error: unknown, { kind }: ObjectRef): boolean =>
  error instanceof KubeError &&
  (kind === 'Role' || kind === 'RoleBinding') &&
  isEscalation({ status: error.status, message: error.serverMessage });

/**
 * What hands out more than is wanted, and may not be written as wanted, hands out nothing rather than too much (THREATS 9):
 * the API server refuses to narrow a Role to rules that we do not hold, and accepts none; a binding it lets us delete. What
 * is only narrower than wanted stays as it is. Without a version: it only narrows, and nobody may outrun it.
 * @throws what the server answers to that
 */
export async function narrowGrant(change: Update, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  const { ref, live, desired } = change;
  if (ref.kind === 'RoleBinding') {
    if (!namesMore(live, desired)) return;
    await ports.writer.remove(ref, { uid: live.uid }, signal);
    ports.acknowledgeDelete(live);
    return;
  }
  if (!allowsMore(live, desired)) return;
  const emptied = { ...desired, body: { ...desired.body, rules: [] } };
  const answer = await ports.writer.update(objectOf(ref, emptied, { ...live, resourceVersion: '' }), signal);
  if (answer !== undefined) ports.acknowledge(answer);
}

function allowsMore(live: Entry, desired: Desired): boolean {
  const { whole } = record(live.body);
  const wanted = list(desired.body.rules) as readonly PolicyRule[];
  return whole === undefined || !(list(record(whole).rules) as readonly PolicyRule[]).every((r) => covers(wanted, r));
}

function namesMore(live: Entry, desired: Desired): boolean {
  const { whole } = record(live.body);
  const wanted = new Set(list(desired.body.subjects).map(canonical));
  return whole === undefined || !list(record(whole).subjects).every((subject) => wanted.has(canonical(subject)));
}
