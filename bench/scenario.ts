import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../test/support/install.ts';
import { startWorld } from '../test/support/world.ts';
import { RUNTIME } from '../tools/bundle/runtime.ts';
import { createNamespaces, namesOf, observe } from './arena.ts';
import { bareWrites } from './bareRuns.ts';
import { OBJECTS_PER_NAMESPACE } from './baseline.ts';
import { bareClient } from './client.ts';
import {
  BORN,
  bornGuarded,
  coldConvergence,
  editEverywhere,
  idleCost,
  LABELS,
  memory,
  restartCost,
} from './operatorRuns.ts';
import type { Repairs } from './repairRounds.ts';
import { repairRounds } from './repairRounds.ts';
import type { Latency } from './statistics.ts';
import { latencyOf } from './statistics.ts';

/** What one run at one size measured; times in milliseconds, sizes in bytes. */
export interface Figures {
  readonly namespaces: number;
  readonly objects: number;
  /** Namespaces made while it runs. */
  readonly born: number;
  readonly cold: { readonly operatorMs: number; readonly bareMs: number; readonly writes: number };
  readonly operator: Repairs;
  readonly bare: Repairs;
  readonly newNamespace: Latency;
  /** A baseline edit that changes one object in each namespace. */
  readonly edit: { readonly operatorMs: number; readonly bareMs: number; readonly writes: number };
  /** The longest that the operator's event loop kept anything waiting: while it converged, and in mass drift. */
  readonly loopDelay: { readonly coldMs: number; readonly massMs: number };
  readonly idle: { readonly writes: number; readonly cpuShare: number };
  readonly restart: { readonly readyMs: number; readonly writes: number };
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** Runs everything at one size on a control plane of its own: the operator and the bare programs. */
export async function measure(namespaces: number, program: string, log: (line: string) => void): Promise<Figures> {
  const world = await startWorld({ program, ...RUNTIME });
  try {
    const kubeconfig = await world.controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    const observer = await observe(kubeconfig);
    const client = bareClient(kubeconfig);
    const names = namesOf('held', namespaces);
    log(`creating ${namespaces} namespaces`);
    await createNamespaces(world, names, LABELS);
    log('cold convergence');
    const cold = await coldConvergence(world, observer, namespaces);
    log('repairs');
    const repairs = await repairRounds({ world, observer, client, kubeconfig, names });
    const newNamespace = latencyOf(await bornGuarded(world, observer));
    log('an edit of the baseline');
    const edit = await editEverywhere(world, observer, namespaces + BORN);
    log('idle and restart');
    const idle = await idleCost(world);
    const restart = await restartCost(world, namespaces + BORN);
    const { rssBytes, heapBytes } = await memory(world);
    await world.stopOperator();
    log('the bare writer');
    const written = await bareWrites(world, kubeconfig, namespaces);
    await observer.close();
    await client.close();
    return {
      namespaces,
      objects: namespaces * OBJECTS_PER_NAMESPACE,
      born: BORN,
      cold: { ...cold, bareMs: written.coldMs },
      operator: repairs.operator,
      bare: repairs.bare,
      newNamespace,
      edit: { ...edit, bareMs: (written.editMs * (namespaces + BORN)) / namespaces },
      loopDelay: { coldMs: cold.loopDelayMs, massMs: repairs.massDelayMs },
      idle,
      restart,
      rssBytes,
      heapBytes,
    };
  } finally {
    await world.close();
  }
}
