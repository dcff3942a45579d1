import type { ClusterControl } from '../core/control/clusterControl.ts';
import type { Control } from '../core/control/control.ts';
import { apiServer } from './cluster/apiServer.ts';
import { clusterGrants } from './cluster/clusterGrants.ts';
import { allowApiServer } from './network/allowApiServer.ts';
import { allowApiServerCallbacks } from './network/allowApiServerCallbacks.ts';
import { allowDns } from './network/allowDns.ts';
import { allowRules } from './network/allowRules.ts';
import { allowSameNamespace } from './network/allowSameNamespace.ts';
import { defaultDeny } from './network/defaultDeny.ts';
import { foreignPolicies } from './network/foreignPolicies.ts';
import { isolation } from './network/isolation.ts';
import { labels } from './podSecurity/labels.ts';
import { workloads } from './podSecurity/workloads.ts';
import { forbiddenGrants } from './rbac/forbiddenGrants.ts';
import { roleBindings } from './rbac/roleBindings.ts';
import { roles } from './rbac/roles.ts';
import { limitRange } from './resources/limitRange.ts';
import { quota } from './resources/quota.ts';
import { defaultToken } from './serviceAccount/defaultToken.ts';

/** Every control, in the order in which docs list them. A new control is one file and one line here. */
export const controls: readonly Control[] = [
  allowDns,
  allowApiServer,
  allowApiServerCallbacks,
  allowSameNamespace,
  allowRules,
  defaultDeny,
  foreignPolicies,
  isolation,
  roles,
  roleBindings,
  forbiddenGrants,
  defaultToken,
  labels,
  workloads,
  limitRange,
  quota,
];

/** Those that look at the whole cluster; the same rule. */
export const clusterControls: readonly ClusterControl[] = [clusterGrants, apiServer];
