import { NAME_PREFIX } from '../../api/names.ts';
import { worstFirst } from '../../core/control/worstFirst.ts';
import { policyVerdict } from '../../core/kinds/projectPolicy.ts';
import type { ForeignPolicyBody, PackedReach, Reach, WholeBody } from '../../core/model/bodies.ts';
import { blocksIn, unpackReach } from '../../core/reach/packed.ts';
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

/** Beyond these the verdict is unknown; what was judged until then still counts (THREATS 6). */
const MAX_POLICIES = 500;
/** Of addresses, in all of them: a look at 500 policies with 1,000 blocks each took 0.7 s, and held up all other namespaces. */
const MAX_BLOCKS = 8_192;

/**
 * The first policies of a namespace, as many as are looked at. What opens alone comes first, for that was found out while it
 * was read: nobody hides it behind a flood of harmless ones.
 */
export function judgePolicies(foreign: readonly Entry[], denied: readonly Direction[]): readonly JudgedPolicy[] {
  const all = foreign.map((policy) => {
    const body = verdictOn(policy);
    return { name: policy.name, body, opens: denied.filter((direction) => body.opens?.includes(direction)) };
  });
  const openersFirst = worstFirst(all, ({ opens }) => opens.length > 0);
  let left = MAX_BLOCKS;
  const judged: JudgedPolicy[] = [];
  for (const { name, body, opens } of openersFirst.slice(0, MAX_POLICIES)) {
    left -= blocksOf(body.ingress) + blocksOf(body.egress);
    if (left < 0) break;
    judged.push({ name, tooLarge: body.tooLarge === true, reach: reachOf(body), opens });
  }
  return judged;
}

const blocksOf = (reach: PackedReach | undefined): number => (reach === undefined ? 0 : blocksIn(reach));

const reachOf = ({ ingress, egress }: ForeignPolicyBody): JudgedPolicy['reach'] => ({
  ...(ingress === undefined ? {} : { Ingress: unpackReach(ingress) }),
  ...(egress === undefined ? {} : { Egress: unpackReach(egress) }),
});

/** Under our prefix the whole object is kept, of others only the verdict; both are judged alike (THREATS 1). */
function verdictOn({ name, body }: Entry): ForeignPolicyBody {
  if (!name.startsWith(NAME_PREFIX)) return body as ForeignPolicyBody;
  const { whole } = body as Partial<WholeBody>;
  if (whole === undefined) return { tooLarge: true };
  const known = verdicts.get(whole) ?? policyVerdict(record(whole).spec);
  verdicts.set(whole, known);
  return known;
}

/** Bodies are values, so this is invisible (see perSpec). */
const verdicts = new WeakMap<object, ForeignPolicyBody>();
