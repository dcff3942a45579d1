import type { Projection } from '../../k8s/entry.ts';
import { record, text } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nanosOf } from '../../k8s/quantity.ts';
import type { OversizedBody, QuotaBody } from '../model/bodies.ts';
import { hasReservedName, projectOwn } from './projectOwn.ts';

const MAX_NAMES = 8;

/** A quota of ours, whole, and of its usage only what is above it: usage changes with every pod, and is nobody's drift. */
export function projectQuota(raw: KubeObject, bytes: number): Projection<QuotaBody | OversizedBody> | undefined {
  if (!hasReservedName(raw)) return undefined;
  const kept = projectOwn(raw, bytes);
  const exceeded = exceededIn(record(raw.status));
  return exceeded.length === 0 ? kept : { ...kept, body: { ...kept.body, exceeded } as QuotaBody };
}

function exceededIn({ hard, used }: Readonly<Record<string, unknown>>): readonly string[] {
  const uses = record(used);
  return Object.entries(record(hard))
    .filter(([name, limit]) => {
      const [most, now] = [nanosOf(text(limit)), nanosOf(text(uses[name]))];
      return most !== undefined && now !== undefined && now > most;
    })
    .map(([name]) => name)
    .sort()
    .slice(0, MAX_NAMES);
}
