import { NAME_PREFIX } from '../../api/names.ts';
import type { ForeignPolicyBody, Reach, WholeBody } from '../../core/model/bodies.ts';
import { NOWHERE, opensTooMuch, policyReach } from '../../core/reach/reach.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { Direction } from './names.ts';

/** What inspection knows of one NetworkPolicy of somebody else. */
export interface JudgedPolicy {
  readonly name: string;
  readonly tooLarge: boolean;
  /** Its reach in each direction that it applies to. */
  readonly reach: Readonly<Partial<Record<Direction, Reach>>>;
  /** The denied directions that it alone opens. */
  readonly opens: readonly Direction[];
}

export function judgePolicy(policy: Entry, denied: readonly Direction[]): JudgedPolicy {
  const body = reachBody(policy);
  const reach = {
    ...(body.ingress === undefined ? {} : { Ingress: body.ingress }),
    ...(body.egress === undefined ? {} : { Egress: body.egress }),
  };
  const opens = denied.filter((direction) => opensTooMuch(reach[direction] ?? NOWHERE));
  return { name: policy.name, tooLarge: body.tooLarge === true, reach, opens };
}

/** Under our prefix the whole object is kept, of others only the verdict; both are judged alike (THREATS 1). */
function reachBody(policy: Entry): ForeignPolicyBody {
  if (!policy.name.startsWith(NAME_PREFIX)) return policy.body as ForeignPolicyBody;
  const { whole } = policy.body as Partial<WholeBody>;
  return whole === undefined ? { tooLarge: true } : policyReach(record(whole).spec);
}
