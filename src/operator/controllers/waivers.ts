import { BASELINE_WAIVER } from '../../api/names.ts';
import type { WaiverState } from '../../api/types.ts';
import type { WaiverBody } from '../../core/model/bodies.ts';
import { waiverStateOf, waiverStatusOf } from '../../core/outcome/waiverStatus.ts';
import { canonical } from '../../core/plan/diff.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Clock } from '../clock.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';
import type { KnownWaiver, WaiverKeeper } from '../waivers/keeper.ts';

/** A waiver has become something else. */
export interface WaiverTurn {
  readonly name: string;
  readonly state: WaiverState;
  readonly message: string;
}

export interface WaiversOptions {
  readonly clock: Clock;
  readonly ports: ApplyPorts;
  readonly keeper: WaiverKeeper;
  /** Looks at a waiver again, and has the namespaces looked at in which something else holds now. */
  readonly look: (name: string) => void;
  /** Whether it waives anything in a namespace that it names. */
  readonly matters: (waiver: Waiver, namespace: string) => boolean;
  readonly onTurn: (turn: WaiverTurn) => void;
  readonly entryOf: (raw: KubeObject) => Entry | undefined;
}

export interface WaiversController {
  reconcile(work: Work): Promise<WorkResult>;
  /** How many waivers are in which state, as last looked at. */
  states(): Readonly<Record<WaiverState, number>>;
}

/** The clock of the wall may be set: what waits for it looks again at least this often, and is never a minute late. */
const LOOK_EVERY_MS = 60_000;
const MIN_INTERVAL_MS = 1_000;
const FORBIDDEN = 403;

/** Ends waivers at their time, and keeps their status (DESIGN §2.2). */
export function createWaiversController(options: WaiversOptions): WaiversController {
  const { clock, ports, keeper } = options;
  const turned = new Map<string, { readonly key: string; readonly state: WaiverState }>();
  const written = new Map<string, number>();

  const tell = (entry: Entry<WaiverBody>, state: WaiverState, message: string): void => {
    const { name, uid, body } = entry;
    const key = `${uid}/${body.generation}/${state}`;
    if (turned.get(name)?.key === key) return;
    turned.set(name, { key, state });
    const { status, generation } = body;
    if (status?.state !== state || status.observedGeneration !== generation) options.onTurn({ name, state, message });
  };

  const reconcile = async ({ key }: Work): Promise<WorkResult> => {
    options.look(key);
    const entry = ports.index.get(BASELINE_WAIVER.kind, '', key) as Entry<WaiverBody> | undefined;
    const known = keeper.known(key);
    if (entry === undefined || known === undefined) {
      turned.delete(key);
      written.delete(key);
      return { result: 'done' };
    }
    const matched = matchedBy(options, known, entry);
    const { status: before } = entry.body;
    const now = clock.timestamp();
    const status = waiverStatusOf(known.waiver, known.validity, matched, known.seenAt, before, now);
    tell(entry, waiverStateOf(known.validity, matched), status.conditions?.[0]?.message ?? '');
    const again = nextLook(clock, known);
    if (canonical(status) === canonical(before ?? {})) return { result: 'done', ...again };
    const dueMs = (written.get(key) ?? Number.NEGATIVE_INFINITY) + MIN_INTERVAL_MS;
    if (clock.nowMs() < dueMs) return { result: 'done', againAtMs: Math.min(dueMs, again.againAtMs ?? dueMs) };
    written.set(key, clock.nowMs());
    return (await patchStatus(options, entry, { status }))
      ? { result: 'done', ...again }
      : { result: 'retry', ...again };
  };

  return {
    reconcile,
    states: () => {
      const states = { Active: 0, Expired: 0, Refused: 0, Inert: 0 };
      for (const { state } of turned.values()) states[state] += 1;
      return states;
    },
  };
}

/** Once it is over, what it was last. */
function matchedBy({ keeper, matters }: WaiversOptions, { waiver, validity }: KnownWaiver, entry: Entry<WaiverBody>) {
  if (validity.state !== 'Valid') return entry.body.status?.matched ?? 0;
  return keeper.namespacesOf(waiver).filter((namespace) => matters(waiver, namespace)).length;
}

function nextLook(clock: Clock, { waiver, validity }: KnownWaiver): { readonly againAtMs?: number } {
  if (validity.state !== 'Valid') return {};
  const leftMs = waiver.expiresAtMs - Date.parse(clock.timestamp());
  return { againAtMs: clock.nowMs() + Math.max(1, Math.min(LOOK_EVERY_MS, leftMs)) };
}

/** False: to be tried again. Where the rights do not allow it (audit-only), a status that is not written fails nothing. */
async function patchStatus(options: WaiversOptions, { name }: Entry, body: object): Promise<boolean> {
  try {
    const answer = await options.ports.writer.patch(BASELINE_WAIVER, '', name, body, { subresource: 'status' });
    const next = options.entryOf(answer);
    if (next !== undefined) options.ports.acknowledge(next);
    return true;
  } catch (error) {
    return error instanceof KubeError && error.status === FORBIDDEN;
  }
}
