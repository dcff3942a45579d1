import { BASELINE_LABEL, CONTROL_LABEL, MANAGED_BY, MANAGED_BY_LABEL, NAME_PREFIX } from '../../api/names.ts';
import type { AdmissionAction } from '../../api/types.ts';
import type { Desired } from '../../core/plan/change.ts';
import { canonical } from '../../core/plan/diff.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { defaultToken } from './defaultToken.ts';
import { forbiddenBindings, forbiddenRoles, forbidsAny } from './forbiddenGrants.ts';
import { namespaceLabels } from './namespaceLabels.ts';
import { reports, waivers } from './ownKinds.ts';
import { ownObjects } from './ownObjects.ts';
import type { Refusal } from './policy.ts';
import { policySpec, validationActions } from './policy.ts';
import { probeOf, probeValue } from './probe.ts';
import type { AdmissionSource } from './source.ts';
import { ACTIONS, strictestOf, withSection } from './source.ts';

export const CONTROL = 'admission.policies';
export const POLICY = 'ValidatingAdmissionPolicy';
export const BINDING = 'ValidatingAdmissionPolicyBinding';

export interface AdmissionInput {
  /** Baselines whose admission counts, in any order. */
  readonly sources: readonly AdmissionSource[];
  /** The namespace labels that any baseline reads. */
  readonly labels: readonly string[];
  /** The user that the operator is, whom no policy may ever refuse (THREATS 23). */
  readonly operator: string;
  readonly ownNamespace: string;
}

/** What is to stand, policies before the bindings that put them in force. */
export interface AdmissionObject {
  readonly ref: ObjectRef;
  readonly desired: Desired;
}

export interface CompiledAdmission {
  readonly objects: readonly AdmissionObject[];
  /** The probe's label: a BaselineReport that has it is refused, as a dry run, once they are in force; undefined where there are none. */
  readonly probe: string | undefined;
}

/**
 * The policies and bindings of all baselines together: one pair for each thing that is refused, and each action that some
 * baseline asks for, so that their number follows neither baselines nor namespaces. Equal input gives equal objects.
 */
export function compileAdmission(input: AdmissionInput): CompiledAdmission {
  const sources = [...input.sources].sort((a, b) => (a.baseline < b.baseline ? -1 : 1));
  const names = sources.map(({ baseline }) => baseline);
  const refusals = refusalsOf({ ...input, sources });
  if (refusals.length === 0) return { objects: [], probe: undefined };
  const labels = {
    [MANAGED_BY_LABEL]: MANAGED_BY,
    [CONTROL_LABEL]: CONTROL,
    // It was made of all of them; a label has room for one.
    ...(names.length === 1 ? { [BASELINE_LABEL]: names[0] ?? '' } : {}),
  };
  const object = (kind: string, refusal: Refusal, spec: Readonly<Record<string, unknown>>): AdmissionObject => ({
    ref: { kind, namespace: '', name: nameOf(refusal) },
    desired: { apiVersion: 'admissionregistration.k8s.io/v1', labels, body: { spec } },
  });
  const policy = (refusal: Refusal): AdmissionObject =>
    object(POLICY, refusal, policySpec(refusal, input.operator, names));
  const binding = (refusal: Refusal, matchResources?: Readonly<Record<string, unknown>>): AdmissionObject =>
    object(BINDING, refusal, {
      policyName: nameOf(refusal),
      validationActions: validationActions(refusal.action),
      ...(matchResources === undefined ? {} : { matchResources }),
    });
  const policies = refusals.map(policy);
  const bindings = refusals.map((refusal) => binding(refusal));
  const probe = probeValue(canonical([policies, bindings] as never));
  const { refusal, matchResources } = probeOf(probe);
  return { objects: [...policies, policy(refusal), ...bindings, binding(refusal, matchResources)], probe };
}

const nameOf = ({ topic, action }: Refusal): string => `${NAME_PREFIX}${topic}-${action.toLowerCase()}`;

function refusalsOf({ sources, labels, ownNamespace }: AdmissionInput): readonly Refusal[] {
  if (sources.length === 0) return [];
  const tokens = withSection(sources, 'serviceAccounts');
  const asks = (some: readonly AdmissionSource[], action: AdmissionAction): boolean =>
    some.some((source) => source.action === action);
  const scoped = ACTIONS.flatMap((action) => [
    ...(asks(sources, action)
      ? [ownObjects(sources, action, ownNamespace), namespaceLabels(sources, action, ownNamespace, labels)]
      : []),
    ...(asks(tokens, action) ? [defaultToken(tokens, action, ownNamespace)] : []),
    ...(forbidsAny(sources, action)
      ? [forbiddenRoles(sources, action, ownNamespace), forbiddenBindings(sources, action, ownNamespace)]
      : []),
  ]);
  const strictest = strictestOf(sources);
  return [...scoped, reports(strictest), waivers(strictest)];
}
