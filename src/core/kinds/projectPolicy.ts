import type { Projection } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { ForeignPolicyBody, Reach } from '../model/bodies.ts';
import { packReach } from '../reach/packed.ts';
import { allowsDns, policySelector } from '../reach/policyShape.ts';
import { opensTooMuch, policyReach } from '../reach/reach.ts';
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

const judge = (raw: KubeObject, bytes: number): ForeignPolicyBody =>
  bytes > MAX_POLICY_BYTES ? TOO_LARGE : policyVerdict(record(raw).spec);

/** What a NetworkPolicy's spec comes to. */
export function policyVerdict(spec: unknown): ForeignPolicyBody {
  const { ingress, egress } = policyReach(spec);
  if (weight(ingress) + weight(egress) > MAX_INTERVALS) return TOO_LARGE;
  const selector = policySelector(spec);
  const opens = [...opened('Ingress', ingress), ...opened('Egress', egress)];
  return {
    ...(ingress === undefined ? {} : { ingress: packReach(ingress) }),
    ...(egress === undefined ? {} : { egress: packReach(egress) }),
    ...(opens.length === 0 ? {} : { opens }),
    ...(selector === undefined ? {} : { selector }),
    ...(allowsDns(spec) ? { dns: true } : {}),
  };
}

const opened = <D extends 'Ingress' | 'Egress'>(direction: D, reach: Reach | undefined): readonly D[] =>
  reach !== undefined && opensTooMuch(reach) ? [direction] : [];

/** An IPv6 address is four times as long. */
const weight = (reach: Reach | undefined): number => (reach === undefined ? 0 : reach.v4.length + 4 * reach.v6.length);
