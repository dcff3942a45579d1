import type { AdmissionObject } from '../../controls/admission/compile.ts';
import { POLICY } from '../../controls/admission/compile.ts';
import { actionOf } from '../../controls/admission/source.ts';
import type { Candidate } from '../../controls/admission/wish.ts';
import { cutAt } from '../../core/model/finding.ts';
import type { AdmissionVerdict } from '../../core/outcome/admissionVerdict.ts';

const MANIFEST = 'kubectl apply --server-side -k manifests/admission';

/** What keeps the policies from being known. */
export type Obstacle = 'NotServed' | 'RightsMissing' | 'NotSynced';

const OBSTACLES: Readonly<Record<Obstacle, AdmissionVerdict>> = {
  NotServed: {
    status: 'False',
    reason: 'NotServed',
    message:
      'the API server has no ValidatingAdmissionPolicies (admissionregistration.k8s.io/v1): tampering is put right, and not refused',
  },
  RightsMissing: {
    status: 'False',
    reason: 'RightsMissing',
    message: `the operator may not write ValidatingAdmissionPolicies and their bindings, which is an opt-in: ${MANIFEST}`,
  },
  NotSynced: {
    status: 'Unknown',
    reason: 'NotSynced',
    message: 'the ValidatingAdmissionPolicies of the cluster are not known yet',
  },
};

export const obstructed = (obstacle: Obstacle): AdmissionVerdict => OBSTACLES[obstacle];

/** The API server quotes the whole expression that it does not take; why it does not comes after that. */
const QUOTED_VALUE = /Invalid value: "(?:[^"\\]|\\.)*"/g;
const MAX_WHY = 1_000;

export const notWritten = (why: string): AdmissionVerdict => ({
  status: 'False',
  reason: 'NotWritten',
  message: `the policies could not be written, and are tried again: ${cutAt(why.replaceAll(QUOTED_VALUE, 'invalid'), MAX_WHY)}`,
});

/** They stand, and the API server takes what they refuse. */
export const NOT_EVALUATED: AdmissionVerdict = {
  status: 'False',
  reason: 'NotEvaluated',
  message:
    'the policies stand, and the API server accepts what they refuse: is ValidatingAdmissionPolicy among its --disable-admission-plugins?',
};

export const notProved = (why: string): AdmissionVerdict => ({
  status: 'Unknown',
  reason: 'NotProved',
  message: `the policies stand, and whether the API server evaluates them could not be tried: ${cutAt(why, MAX_WHY)}`,
});

/** Of a baseline that asks for nothing now. */
export const NOT_ENFORCED: AdmissionVerdict = {
  status: 'False',
  reason: 'NotEnforced',
  message: 'the baseline only audits, or is suspended; what it had in force before stays',
};

/** What is said of one that enforces once the policies stand, and one of them was seen to refuse. `objects`: those that do. */
export function standing({ spec: { admission } }: Candidate, objects: readonly AdmissionObject[]): AdmissionVerdict {
  const names = objects.filter(({ ref }) => ref.kind === POLICY).map(({ ref }) => ref.name);
  return {
    status: 'True',
    reason: 'Enforced',
    message: `${admission === undefined ? '' : actionOf(admission)} by the ValidatingAdmissionPolicies ${names.join(', ')}`,
  };
}
