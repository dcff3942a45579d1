import { kindRow } from '../core/kinds/kinds.ts';
import type { Change } from '../core/plan/change.ts';
import type { ChangeResult } from '../core/plan/changeResult.ts';
import { isOurs } from '../core/plan/plan.ts';
import type { Answer } from '../core/plan/refusal.ts';
import { classifyRefusal, isEscalation } from '../core/plan/refusal.ts';
import type { Entry } from '../k8s/entry.ts';
import { errorMessage } from '../k8s/errorMessage.ts';
import { KubeError } from '../kube/errors.ts';
import { isGrantRefused, narrowGrant } from './narrowGrant.ts';
import { objectOf } from './objectOf.ts';
import type { ApplyPorts } from './ports.ts';

/** Carries out one change and says what became of it; refusals are values, nothing is thrown (DESIGN §3). */
export async function applyChange(change: Change, ports: ApplyPorts, signal: AbortSignal): Promise<ChangeResult> {
  try {
    const written = await write(change, ports, signal);
    return { change, result: 'written', ...written, atMs: ports.nowMs() };
  } catch (error) {
    return { change, result: 'failed', refusal: await refusalOf(error, change, ports) };
  }
}

/** What the server answered, and how often somebody else had written first. */
interface Written {
  readonly answer: Entry | undefined;
  readonly conflicts: number;
}

async function write(change: Change, ports: ApplyPorts, signal: AbortSignal): Promise<Written> {
  switch (change.action) {
    case 'create':
      return acknowledged(ports, await ports.writer.create(objectOf(change.ref, change.desired), signal));
    case 'update':
      if (change.desired.partial !== true) return update(change, ports, signal);
      return acknowledged(ports, await ports.writer.apply(objectOf(change.ref, change.desired, change.live), signal));
    case 'recreate':
      await makeRoom(change, ports, signal);
      return acknowledged(ports, await ports.writer.create(objectOf(change.ref, change.desired), signal));
    case 'delete':
      await remove(change, ports, signal);
      // Finalizers of others hold up what we made; what they made themselves is their affair.
      if (change.reason !== 'ForeignPolicy') await takeFinalizersOff(change, ports, signal);
      ports.acknowledgeDelete(change.live);
      return { answer: undefined, conflicts: 0 };
  }
}

/**
 * DELETE of what the plan saw, version included. What stands under our prefix and label goes all the same if somebody
 * keeps changing it: a bumped annotation must not keep a planted policy alive (THREATS 5). A policy of others is left to
 * the next look, because the edit may have made it harmless.
 */
async function remove(change: Change & { action: 'delete' }, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  const { uid, resourceVersion } = change.live;
  try {
    await ports.writer.remove(change.ref, { uid, resourceVersion }, signal);
  } catch (error) {
    const { kind, namespace, name } = change.ref;
    const known = ports.index.get(kind, namespace, name) ?? change.live;
    const isPlanned = change.reason === 'Waived' || isOurs(known);
    if (!isConflict(error) || change.reason === 'ForeignPolicy' || !isPlanned) throw error;
    await ports.writer.remove(change.ref, { uid }, signal);
  }
}

const acknowledged = (ports: ApplyPorts, answer: Entry | undefined, conflicts = 0): Written => {
  if (answer !== undefined) ports.acknowledge(answer);
  return { answer, conflicts };
};

/**
 * PUT with the live version; on a conflict with the version the store has by then; after two conflicts in a row without
 * a version but with the uid: otherwise four clients that bump an annotation win against every repair (THREATS 5). Where
 * that was needed before, it is done at once: each lost PUT costs as much as the one that counts. What was written in the
 * same moment is lost then; an edit that opens nothing is not worth that, and fails after two conflicts.
 */
async function update(change: Change & { action: 'update' }, ports: ApplyPorts, signal: AbortSignal): Promise<Written> {
  const latest = (): Entry => {
    const known = ports.index.get(change.ref.kind, change.ref.namespace, change.ref.name);
    return known?.uid === change.live.uid ? known : change.live;
  };
  const unversioned = (): Entry => ({ ...latest(), resourceVersion: '' });
  const versioned = [() => change.live, latest];
  const attempts = !change.urgent ? versioned : change.outrun === true ? [unversioned] : [...versioned, unversioned];
  for (let conflicts = 0; ; conflicts += 1) {
    const live = (attempts[conflicts] ?? unversioned)();
    try {
      return acknowledged(
        ports,
        await ports.writer.update(objectOf(change.ref, change.desired, live), signal),
        conflicts,
      );
    } catch (error) {
      // The refusal stands as the result.
      if (isGrantRefused(error, change.ref)) {
        await narrowGrant({ ...change, live }, ports, signal);
        throw error;
      }
      if (!isConflict(error) || conflicts >= attempts.length - 1) throw error;
    }
  }
}

/** Deletes an object whose roleRef cannot be changed, and takes off foreign finalizers so that a deleted one goes. */
async function makeRoom(
  change: Change & { action: 'recreate' },
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  const { ref, live, reason } = change;
  // A roleRef stays as long as its object: the uid says enough, and nobody outruns this by bumping an annotation.
  if (reason === 'RoleRefReplaced') await ports.writer.remove(ref, { uid: live.uid }, signal);
  await takeFinalizersOff(change, ports, signal);
  if (reason === 'RoleRefReplaced' || live.finalizers.length > 0) ports.acknowledgeDelete(live);
}

/**
 * Lets an object that is being deleted go. By a patch of the finalizers alone: for that the API server asks for no rights
 * in what a Role or a binding grants (rbac/helpers.go, IsOnlyMutatingGCFields), and a PUT could not change a roleRef.
 */
async function takeFinalizersOff({ ref, live }: Change & { live: Entry }, ports: ApplyPorts, signal: AbortSignal) {
  if (live.finalizers.length === 0) return;
  const body = { metadata: { uid: live.uid, finalizers: null } };
  await ports.writer.patch(kindRow(ref.kind), ref.namespace, ref.name, body, {}, signal);
}

const isConflict = (error: unknown): boolean =>
  error instanceof KubeError && error.status === 409 && !error.serverMessage.includes('being deleted');

/** As RBAC names what was refused. One change may take several requests: a deletion takes finalizers off first. */
const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

async function refusalOf(
  error: unknown,
  change: Change,
  ports: ApplyPorts,
): Promise<ReturnType<typeof classifyRefusal>> {
  const answer = answerOf(error);
  const mayBeRight = answer.status === 403 && !isEscalation(answer) && !answer.causes.includes('NamespaceTerminating');
  const { kind, namespace } = change.ref;
  const verb = error instanceof KubeError ? VERBS[error.method] : undefined;
  const lacks = mayBeRight && verb !== undefined ? await ports.lacksRight(verb, kind, namespace) : undefined;
  return classifyRefusal(answer, change.ref, lacks);
}

/** An error of the client as the plain answer that `core` judges. */
export function answerOf(error: unknown): Answer {
  if (error instanceof KubeError) {
    return {
      status: error.status,
      reason: error.reason,
      causes: error.causes.map((cause) => cause.reason),
      message: error.serverMessage,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    };
  }
  const message = errorMessage(error);
  return { status: 0, reason: 'Unreachable', causes: [], message };
}
