import { CEILING, catchAll } from '../compile/bounds.ts';
import { covers } from '../covers.ts';
import type { AuditPolicy, AuditRule, Level } from '../policy.ts';
import { LEVELS, STAGES } from '../policy.ts';
import { leftOf } from './atoms.ts';
import type { Loss } from './delivery.ts';
import { meet } from './meet.ts';

/**
 * How servers under another policy record requests otherwise than this one says. It leaves none out: a request that is
 * recorded otherwise is among the requests of a loss of the rule that decides it. It may name some that are not.
 */
export function lossesUnder(policy: AuditPolicy, given: AuditPolicy): readonly Loss[] {
  const rules = [...policy.rules, REST];
  const others = [...given.rules, REST];
  return rules.flatMap((rule, index) =>
    joined(
      others.flatMap((other, at) => {
        const found = differences({ policy, rule }, { policy: given, rule: other });
        const both = found.length === 0 ? undefined : meet(rule, other);
        // The first that matches decides, here and there.
        const before = [...rules.slice(0, index), ...others.slice(0, at)];
        const requests = both === undefined ? undefined : leftOf(both, other.userGroups, before);
        if (requests === undefined) return [];
        return found.map((one): Loss => {
          return { rule: index, ...one, exposes: exposes(one, requests), requests: [requests] };
        });
      }),
    ),
  );
}

/** Verbs that send an object; what the others send says how to delete. */
const SENDING = ['create', 'update', 'patch'];

function exposes({ direction, recorded }: Difference, { verbs, ...rest }: AuditRule): boolean {
  if (direction !== 'stricter' || !covers(CEILING, { ...rest, verbs })) return false;
  const sends = verbs.length === 0 || verbs.some((verb) => SENDING.includes(verb));
  return recorded === 'RequestResponse' || (recorded === 'Request' && sends);
}

/** What no rule is about is not recorded. */
const REST = catchAll('None');

interface Decision {
  readonly policy: AuditPolicy;
  readonly rule: AuditRule;
}

type Difference = Pick<Loss, 'asked' | 'without' | 'direction'> & { readonly recorded: Level };

const rankOf = (level: Level): number => LEVELS.indexOf(level);

/** Of requests that the one decides here and the other there. */
function differences(here: Decision, there: Decision): readonly Difference[] {
  const [asked, recorded] = [here.rule.level, there.rule.level];
  const lower = Math.min(rankOf(asked), rankOf(recorded));
  const without = [
    ...(lower > 0 ? stagesOf(here).filter((stage) => !stagesOf(there).includes(stage)) : []).map(
      (stage) => `stage ${stage}`,
    ),
    ...(lower > 1 && !omitsFields(here) && omitsFields(there) ? ['managedFields'] : []),
  ];
  const direction = rankOf(recorded) > rankOf(asked) ? 'stricter' : 'laxer';
  return [
    ...(asked === recorded ? [] : [{ asked, recorded, without: [], direction } as const]),
    ...(without.length === 0 ? [] : [{ asked, recorded, without, direction: 'laxer' } as const]),
  ];
}

const stagesOf = ({ policy, rule }: Decision): readonly string[] =>
  STAGES.filter((stage) => !policy.omitStages.includes(stage) && !rule.omitStages.includes(stage));

const omitsFields = ({ policy, rule }: Decision): boolean => rule.omitManagedFields ?? policy.omitManagedFields;

/** Those of one rule that say the same, of several kinds of requests. */
function joined(losses: readonly Loss[]): readonly Loss[] {
  const known = new Map<string, Loss>();
  for (const loss of losses) {
    const key = JSON.stringify({ ...loss, requests: [] });
    const before = known.get(key);
    known.set(key, before === undefined ? loss : { ...before, requests: [...before.requests, ...loss.requests] });
  }
  return [...known.values()];
}
