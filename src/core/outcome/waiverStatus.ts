import type { BaselineWaiverStatus, WaiverState } from '../../api/types.ts';
import { quoteForeign } from '../model/finding.ts';
import type { Validity } from '../waive/validity.ts';
import type { Waiver } from '../waive/waiver.ts';
import { controlsOf } from '../waive/waiver.ts';
import type { NewCondition } from './conditions.ts';
import { mergeConditions } from './conditions.ts';

const OWNED = ['Ready', 'Stalled'] as const;

/** `matched`: in how many namespaces it waives something. Inert is what would waive something and finds nothing. */
export const waiverStateOf = (validity: Validity, matched: number): WaiverState => {
  if (validity.state !== 'Valid') return validity.state;
  return matched === 0 ? 'Inert' : 'Active';
};

/**
 * The status of a waiver (kstatus; table in docs/status.md). `seenAt` and `now` are RFC 3339. Equal input gives an equal
 * status: the caller writes only what differs.
 */
export function waiverStatusOf(
  waiver: Waiver,
  validity: Validity,
  matched: number,
  seenAt: string,
  before: BaselineWaiverStatus | undefined,
  now: string,
): BaselineWaiverStatus {
  const { generation } = waiver;
  const why = validity.state === 'Refused' ? validity : settled(waiver, validity, matched);
  const refused = validity.state === 'Refused';
  const ready = { reason: why.reason, message: why.message, observedGeneration: generation } as const;
  const conditions: readonly NewCondition[] = [
    ...(refused ? [{ type: 'Stalled', status: 'True', ...ready } as const] : []),
    { type: 'Ready', status: refused ? 'False' : 'True', ...ready },
  ];
  return {
    observedGeneration: generation,
    state: waiverStateOf(validity, matched),
    matched,
    seen: { generation, at: seenAt },
    conditions: mergeConditions(before?.conditions ?? [], conditions, OWNED, now),
  };
}

function settled(
  { spec }: Waiver,
  validity: Validity,
  matched: number,
): { readonly reason: string; readonly message: string } {
  if (validity.state === 'Expired') {
    return { reason: 'Expired', message: `ended at ${spec.expiresAt}; the controls hold again` };
  }
  if (matched === 0) {
    const what = spec.objects === undefined ? '' : ', or none of the objects is there as it was approved';
    return {
      reason: 'Inert',
      message: `no baseline governs a section of these controls in these namespaces${what}: nothing is waived`,
    };
  }
  const objects = spec.objects === undefined ? '' : ', for the objects named';
  return {
    reason: 'Active',
    message: `waives ${controlsOf(spec).join(', ')} in ${matched} namespaces${objects} until ${spec.expiresAt}; claims to be approved by ${quoteForeign(spec.approvedBy)}`,
  };
}
