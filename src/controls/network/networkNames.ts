import type { NetworkSpec } from '../../api/types.ts';
import type { View } from '../../core/control/view.ts';
import { allowApiServer } from './allowApiServer.ts';
import { allowApiServerCallbacks } from './allowApiServerCallbacks.ts';
import { allowDns } from './allowDns.ts';
import { allowRules } from './allowRules.ts';
import { allowSameNamespace } from './allowSameNamespace.ts';
import { defaultDeny } from './defaultDeny.ts';

export interface NetworkNames {
  /** NetworkPolicies that are held at what the spec says. */
  readonly written: ReadonlySet<string>;
  /** Ours, but left as they are because a fact is unknown: nobody repairs them meanwhile. */
  readonly kept: ReadonlySet<string>;
}

const WRITERS = [allowDns, allowApiServer, allowApiServerCallbacks, allowSameNamespace, allowRules, defaultDeny];

/**
 * What the plan names in a namespace; every other NetworkPolicy is somebody else's (THREATS 1). Asked of the controls
 * themselves, so that a policy that one of them leaves out never counts as held.
 */
export function networkNames(spec: NetworkSpec, view: View): NetworkNames {
  const built = WRITERS.map((control) => control.build(spec, view));
  return {
    written: new Set(built.flatMap(({ wanted }) => wanted.map(({ name }) => name))),
    kept: new Set(built.flatMap(({ kept }) => (kept ?? []).map(({ name }) => name))),
  };
}
