import { BASELINE_WAIVER } from '../../api/names.ts';
import type { Control } from '../../core/control/control.ts';
import { namesNamespace } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Clock } from '../clock.ts';
import type { WaiversController, WaiverTurn } from '../controllers/waivers.ts';
import { createWaiversController } from '../controllers/waivers.ts';
import type { Governances } from '../governances.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Queue } from '../queue.ts';
import { createQueue } from '../queue.ts';
import type { WaiverKeeper } from './keeper.ts';
import { createWaiverKeeper } from './keeper.ts';
import { mattersBy } from './matters.ts';

export const WAIVERS_AT_ONCE = 2;

export interface WaivingOptions {
  readonly controls: readonly Control[];
  readonly ports: ApplyPorts;
  readonly clock: Clock;
  readonly governances: Governances;
  /** Has these namespaces looked at, because other waivers hold there now. */
  readonly onChanged: (namespaces: readonly string[]) => void;
  readonly onWaiver?: ((turn: WaiverTurn) => void) | undefined;
  readonly entryOf: (raw: KubeObject) => Entry | undefined;
}

/** Everything about waivers: which hold, until when, and what is said of them. */
export interface Waiving extends Pick<WaiverKeeper, 'of'>, Pick<WaiversController, 'states'> {
  /** Finds out what holds, before anything is decided. */
  begin(): void;
  /** A waiver was made, edited or deleted: at once, and then its status. */
  changed(name: string): void;
  /** A namespace, or who governs namespaces, changed: what a waiver matches may have, too. */
  recount(namespace?: string): void;
  readonly queue: Queue;
}

export function createWaiving(options: WaivingOptions): Waiving {
  const { ports, clock, governances } = options;
  const keeper = createWaiverKeeper(ports.index, clock);
  const look = (name: string): void => options.onChanged(keeper.refresh(name));
  const controller = createWaiversController({
    ...options,
    keeper,
    look,
    onTurn: (turn) => options.onWaiver?.(turn),
    matters: mattersBy(options.controls, governances, ports.index),
  });
  const queue = createQueue(controller.reconcile, { clock, concurrency: WAIVERS_AT_ONCE });
  return {
    of: keeper.of,
    states: controller.states,
    begin: keeper.refreshAll,
    changed: (name) => {
      look(name);
      queue.add(name, 'live');
    },
    recount: (namespace) => {
      for (const { name } of ports.index.ofKind(BASELINE_WAIVER.kind)) {
        const spec = keeper.known(name)?.waiver.spec;
        if (namespace === undefined || (spec !== undefined && namesNamespace(spec, namespace))) queue.add(name, 'bulk');
      }
    },
    queue,
  };
}
