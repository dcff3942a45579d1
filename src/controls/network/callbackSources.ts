import type { NetworkSpec } from '../../api/types.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { CarvedPeers } from './carvedPeers.ts';
import { carvedPeers } from './carvedPeers.ts';

const given = perSpec(
  (spec: NetworkSpec, _: undefined): CarvedPeers =>
    carvedPeers(
      (spec.allow?.apiServerCallbacks?.cidrs ?? []).map((cidr) => ({ ipBlock: { cidr } })),
      spec.blockedCidrs ?? [],
    ),
);

/** Where the API server calls from, as the baseline says; without peers: it says nothing, or nothing is left. */
export const callbackSources = (spec: NetworkSpec): CarvedPeers => given(spec, undefined);
