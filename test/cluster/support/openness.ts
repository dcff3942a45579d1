import { readWrites } from '../../support/controlPlane/auditLog.ts';
import { OPERATOR_USER } from '../../support/install.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';

/** How long one policy stood open, measured twice. */
export interface Openness {
  /** By a watch: from the event that shows it open to the one that shows it closed. */
  readonly watchedShare: number;
  /** By the API server's own clock: from the answer to the editor to the answer to the operator. */
  readonly loggedShare: number;
  readonly edits: number;
  readonly repairs: number;
  readonly slowestMs: number;
}

export const isOpen = (policy: AnyObject): boolean =>
  policy.spec.ingress !== undefined || policy.spec.egress !== undefined || policy.spec.policyTypes.length < 2;

/** Watches one policy, and reads the log, while `attack` runs. `opener` is the user whose writes open it. */
export async function measureOpenness(
  world: World,
  path: string,
  opener: string,
  attack: () => Promise<void>,
): Promise<Openness> {
  const collection = path.slice(0, path.lastIndexOf('/'));
  const [, namespace = '', name = ''] = /namespaces\/([^/]+)\/networkpolicies\/([^/]+)$/.exec(path) ?? [];
  const mark = await world.mark();
  const spans: number[] = [];
  let since: number | undefined;
  const stop = await world.admin.watch(`${collection}?fieldSelector=metadata.name=${name}`, ({ type, object }) => {
    const open = type === 'DELETED' || isOpen(object);
    if (open) since ??= performance.now();
    else if (since !== undefined) {
      spans.push(performance.now() - since);
      since = undefined;
    }
  });
  const startedMs = performance.now();
  await attack();
  const elapsedMs = performance.now() - startedMs;
  stop();
  const logged = await loggedSpans(world, mark, { namespace, name }, opener);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    watchedShare: sum(spans) / elapsedMs,
    loggedShare: sum(logged.spans) / elapsedMs,
    edits: logged.edits,
    repairs: logged.repairs,
    slowestMs: Math.max(0, ...logged.spans),
  };
}

async function loggedSpans(
  world: World,
  mark: number,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  opener: string,
) {
  const writes = (await readWrites(world.controlPlane.auditLogPath, { mark })).filter(
    (write) =>
      write.namespace === namespace &&
      write.name === name &&
      write.code < 400 &&
      [opener, OPERATOR_USER].includes(write.user),
  );
  const spans: number[] = [];
  let since: number | undefined;
  for (const { user, at } of writes) {
    if (user === opener) since ??= at.getTime();
    else if (since !== undefined) {
      spans.push(at.getTime() - since);
      since = undefined;
    }
  }
  const edits = writes.filter(({ user }) => user === opener).length;
  return { spans, edits, repairs: writes.length - edits };
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
