import type { Projection } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { ForeignPolicyBody, Reach } from '../model/bodies.ts';
import { allowsDns, policySelector } from '../reach/policyShape.ts';
import { policyReach } from '../reach/reach.ts';
import { hasReservedName, projectOwn } from './projectOwn.ts';

const MAX_POLICY_BYTES = 256 * 1024;
const MAX_INTERVALS = 1024;

const TOO_LARGE: ForeignPolicyBody = Object.freeze({ tooLarge: true });

/** Under our prefix whole; of others only the verdict, so that 100 policies of 1 MB cost nothing (THREATS 6). */
export const projectNetworkPolicy = (raw: KubeObject, bytes: number): Projection | undefined =>
  hasReservedName(raw) ? projectOwn(raw, bytes) : foreign(judge(raw, bytes));

/** The verdict does not say which pods it is about: whether it is still the policy that was waived, its hash does. */
const foreign = (body: ForeignPolicyBody): Projection<ForeignPolicyBody> =>
  body.tooLarge === true ? { body, labels: NO_LABELS } : { body, labels: NO_LABELS, hashed: true };

/** A verdict needs no labels, and a policy of somebody else may have a megabyte of them. */
const NO_LABELS = Object.freeze({});

function judge(raw: KubeObject, bytes: number): ForeignPolicyBody {
  if (bytes > MAX_POLICY_BYTES) return TOO_LARGE;
  const { spec } = record(raw);
  const reach = policyReach(spec);
  if (intervals(reach.ingress) + intervals(reach.egress) > MAX_INTERVALS) return TOO_LARGE;
  const selector = policySelector(spec);
  return {
    ...reach,
    ...(selector === undefined ? {} : { selector }),
    ...(allowsDns(spec) ? { dns: true } : {}),
  };
}

const intervals = (reach: Reach | undefined): number => (reach === undefined ? 0 : reach.v4.length + reach.v6.length);
