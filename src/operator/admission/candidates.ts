import { SECURITY_BASELINE } from '../../api/names.ts';
import type { Candidate } from '../../controls/admission/wish.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';

/** A baseline as it is in one generation. */
export interface BaselineCandidate extends Candidate {
  readonly generation: number;
}

/** All baselines, by name: the policies are the whole cluster's, and labels that any of them reads decide. */
export const admissionCandidates = (
  index: ObjectIndex,
  isReleasing: (uid: string) => boolean,
): readonly BaselineCandidate[] =>
  ([...index.ofKind(SECURITY_BASELINE.kind)] as readonly Entry<BaselineBody>[])
    .map(({ name, uid, body: { generation, spec } }) => ({
      baseline: name,
      generation,
      spec,
      releasing: isReleasing(uid),
    }))
    .sort((a, b) => (a.baseline < b.baseline ? -1 : 1));
