import type { Change, Desired } from '../core/change.ts';
import type { ChangeResult } from '../core/outcome.ts';
import type { Answer } from '../core/refusal.ts';
import { classifyRefusal, isEscalation } from '../core/refusal.ts';
import type { Entry } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ObjectRef } from '../k8s/ref.ts';
import { KubeError, UnreachableError } from '../kube/errors.ts';
import type { ApplyPorts } from './ports.ts';

/** Carries out one change and says what became of it; refusals are values, nothing is thrown (DESIGN §3). */
export async function applyChange(change: Change, ports: ApplyPorts, signal: AbortSignal): Promise<ChangeResult> {
  try {
    const answer = await write(change, ports, signal);
    return { change, result: 'written', answer, atMs: ports.nowMs() };
  } catch (error) {
    return { change, result: 'failed', refusal: await refusalOf(error, change, ports) };
  }
}

async function write(change: Change, ports: ApplyPorts, signal: AbortSignal): Promise<Entry | undefined> {
  switch (change.action) {
    case 'create':
      return acknowledged(ports, await ports.writer.create(objectOf(change.ref, change.desired), signal));
    case 'update':
      return acknowledged(ports, await update(change, ports, signal));
    case 'recreate':
      await makeRoom(change, ports, signal);
      return acknowledged(ports, await ports.writer.create(objectOf(change.ref, change.desired), signal));
    case 'delete':
      await ports.writer.remove(
        change.ref,
        { uid: change.live.uid, resourceVersion: change.live.resourceVersion },
        signal,
      );
      ports.acknowledgeDelete(change.live);
      return undefined;
  }
}

const acknowledged = (ports: ApplyPorts, answer: Entry | undefined): Entry | undefined => {
  if (answer !== undefined) ports.acknowledge(answer);
  return answer;
};

/**
 * PUT with the live version; on a conflict with the version the store has by then; after two conflicts in a row without
 * a version but with the uid: otherwise four clients that bump an annotation win against every repair (THREATS 5).
 */
async function update(
  change: Change & { action: 'update' },
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const latest = (): Entry => {
    const known = ports.index.get(change.ref.kind, change.ref.namespace, change.ref.name);
    return known?.uid === change.live.uid ? known : change.live;
  };
  try {
    return await ports.writer.update(objectOf(change.ref, change.desired, change.live), signal);
  } catch (error) {
    if (isGranting(error, change)) return emptyRole(change, ports, signal, error);
    if (!isConflict(error)) throw error;
  }
  try {
    return await ports.writer.update(objectOf(change.ref, change.desired, latest()), signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return ports.writer.update(objectOf(change.ref, change.desired, { ...latest(), resourceVersion: '' }), signal);
}

/**
 * A widened Role that we may not write as wanted is emptied rather than left wide: the API server refuses to narrow it to
 * rules we do not hold, and accepts none (THREATS 9). The refusal stands as the result.
 */
async function emptyRole(
  change: Change & { action: 'update' },
  ports: ApplyPorts,
  signal: AbortSignal,
  error: unknown,
): Promise<never> {
  const body = { ...change.desired.body, rules: [] };
  acknowledged(
    ports,
    await ports.writer.update(objectOf(change.ref, { ...change.desired, body }, change.live), signal),
  );
  throw error;
}

const isGranting = (error: unknown, change: Change & { action: 'update' }): boolean =>
  error instanceof KubeError &&
  change.ref.kind === 'Role' &&
  change.urgent &&
  isEscalation({ status: error.status, message: error.serverMessage });

/** Takes off foreign finalizers so that a deleted object goes, or deletes one whose roleRef cannot be changed. */
async function makeRoom(
  change: Change & { action: 'recreate' },
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  const { ref, live, desired } = change;
  if (change.reason === 'RoleRefReplaced') {
    await ports.writer.remove(ref, { uid: live.uid, resourceVersion: live.resourceVersion }, signal);
    ports.acknowledgeDelete(live);
  } else if (live.finalizers.length > 0) {
    await ports.writer.update(objectOf(ref, desired, { ...live, resourceVersion: '' }), signal);
    ports.acknowledgeDelete(live);
  }
}

/**
 * The object to send. Foreign labels and annotations of the live object go back; ownerReferences and finalizers do not
 * (THREATS 2).
 */
function objectOf(ref: ObjectRef, desired: Desired, live?: Entry): KubeObject {
  return {
    apiVersion: desired.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: ref.namespace,
      labels: { ...live?.labels, ...desired.labels },
      ...(live === undefined ? {} : { annotations: live.annotations, uid: live.uid }),
      ...(live === undefined || live.resourceVersion === '' ? {} : { resourceVersion: live.resourceVersion }),
    },
    ...desired.body,
  };
}

const isConflict = (error: unknown): boolean =>
  error instanceof KubeError && error.status === 409 && !error.serverMessage.includes('being deleted');

const VERBS: Readonly<Record<Change['action'], string>> = {
  create: 'create',
  update: 'update',
  recreate: 'create',
  delete: 'delete',
};

async function refusalOf(
  error: unknown,
  change: Change,
  ports: ApplyPorts,
): Promise<ReturnType<typeof classifyRefusal>> {
  const answer = answerOf(error);
  const mayBeRight = answer.status === 403 && !isEscalation(answer) && !answer.causes.includes('NamespaceTerminating');
  const { kind, namespace } = change.ref;
  const lacks = mayBeRight ? await ports.lacksRight(VERBS[change.action], kind, namespace) : undefined;
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
  const message =
    error instanceof UnreachableError ? error.message : error instanceof Error ? error.message : String(error);
  return { status: 0, reason: 'Unreachable', causes: [], message };
}
