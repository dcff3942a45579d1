import type { ObjectRef } from '../../k8s/ref.ts';
import { quoteForeign } from '../model/finding.ts';
import type { FactName, Facts } from './facts.ts';

/** Something about the cluster that people should know of, as an Event or a log line. */
export interface FactNote {
  readonly ref: ObjectRef;
  readonly reason: 'ApiServerAddressFollowed' | 'FactLost';
  readonly note: string;
}

const KUBERNETES: ObjectRef = { kind: 'EndpointSlice', namespace: 'default', name: 'kubernetes' };
const SOURCES: Readonly<Partial<Record<FactName, ObjectRef>>> = {
  apiServer: KUBERNETES,
  dns: { kind: 'Namespace', namespace: '', name: 'kube-system' },
  grantable: { kind: 'ClusterRole', namespace: '', name: 'drawbridge-grantable' },
};

/**
 * What became known or was lost between two looks at the cluster. Addresses of the API server that another slice than its
 * own adds are followed, and told (THREATS 11).
 */
export function factNotes(before: Facts, after: Facts): readonly FactNote[] {
  const known = new Set(slicesOf(before));
  const followed = slicesOf(after)
    .filter((slice) => !known.has(slice))
    .map(
      (slice): FactNote => ({
        ref: { ...KUBERNETES, name: slice },
        reason: 'ApiServerAddressFollowed',
        note: `EndpointSlice default/${quoteForeign(slice)} adds addresses of the API server; egress to them is allowed`,
      }),
    );
  return [...followed, ...lost(before, after)];
}

const slicesOf = ({ apiServer }: Facts): readonly string[] =>
  apiServer.known ? (apiServer.value.otherSlices ?? []) : [];

const lost = (before: Facts, after: Facts): readonly FactNote[] =>
  (Object.keys(SOURCES) as FactName[]).flatMap((name): readonly FactNote[] => {
    const fact = after[name];
    const was = before[name];
    const ref = SOURCES[name];
    if (ref === undefined || !fact.known || fact.stale === undefined) return [];
    if (was.known && was.stale !== undefined) return [];
    return [{ ref, reason: 'FactLost', note: `the last known value stays in use: ${fact.stale}` }];
  });
