import { FIELD_MANAGER } from '../api/names.ts';
import { KINDS, kindRow } from '../core/kinds/kinds.ts';
import { POLICY_REPORT_KINDS } from '../core/kinds/policyReportKinds.ts';
import { entryOf } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { Store } from '../kube/store.ts';
import type { JsonTransport } from '../kube/transport.ts';
import { createWriter } from '../kube/write.ts';
import { createAdmissionQuestions } from './admission/obstacle.ts';
import { systemClock } from './clock.ts';
import type { EngineOptions } from './engine.ts';
import type { ApplyPorts } from './ports.ts';
import { createRights } from './rights.ts';

/** What the controllers may do to the world: write through the transport, and put the answers into the store. */
export function portsOf(
  transport: JsonTransport,
  store: Store,
  ownNamespace: string,
): Pick<EngineOptions, 'ports' | 'admission'> {
  const ports: ApplyPorts = {
    writer: createWriter(transport, [...KINDS, ...POLICY_REPORT_KINDS], { fieldManager: FIELD_MANAGER }),
    index: store,
    acknowledge: (entry) => store.acknowledge(entry),
    acknowledgeDelete: (ref) => store.acknowledgeDelete(ref),
    lacksRight: createRights(transport, () => systemClock.nowMs()),
    nowMs: () => systemClock.nowMs(),
  };
  return { ports, admission: createAdmissionQuestions(transport, ports.lacksRight, ownNamespace) };
}

/** An answer as the store keeps it; undefined: it would not. */
export function projectAnswer(raw: KubeObject): ReturnType<typeof entryOf> | undefined {
  const kept = kindRow(raw.kind).project(raw, 0);
  return kept === undefined ? undefined : entryOf(raw.kind, raw, kept);
}
