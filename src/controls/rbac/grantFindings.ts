import type { BoundSubjects } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { Hit } from './forbiddenRights.ts';

/** A binding, or a Role with all its bindings, that grants what is forbidden. */
export const grantFinding = (control: string, ref: ObjectRef, hit: Hit, by: string, to: string): Finding => ({
  control,
  check: hit.check,
  severity: hit.severity,
  result: 'fail',
  ref,
  reason: hit.reason,
  message: `${ref.kind} ${quoteForeign(ref.name)} grants ${hit.what}${by}; ${to}.`,
});

/** A Role to which nobody is bound grants nothing, until somebody is. */
export const unboundFinding = (control: string, ref: ObjectRef, hit: Hit): Finding => ({
  ...grantFinding(control, ref, hit, '', 'nobody is bound to it'),
  severity: 'low',
});

interface EverybodyCheck {
  readonly check: string;
  readonly severity: 'critical' | 'high';
  readonly why: string;
}

const ANONYMOUS: EverybodyCheck = { check: 'SB-RBAC-012', severity: 'critical', why: 'whoever reaches the API server' };
const EVERYBODY: Readonly<Record<string, EverybodyCheck>> = {
  'system:anonymous': ANONYMOUS,
  'system:unauthenticated': ANONYMOUS,
  'system:authenticated': { check: 'SB-RBAC-013', severity: 'high', why: 'every user and every ServiceAccount' },
  'system:serviceaccounts': { check: 'SB-RBAC-013', severity: 'high', why: 'every pod with a token' },
  'system:masters': {
    check: 'SB-RBAC-014',
    severity: 'high',
    why: 'who is in it is never refused anything, and nobody can take that back',
  },
};

/** Names that stand for everybody, or for nobody who could be refused. */
export const EVERYBODYS_NAMES: readonly string[] = Object.keys(EVERYBODY);

/** A binding that names everybody is a finding whatever its role grants: the role may change. One finding, of the worst. */
export function everybodyFinding(
  control: string,
  ref: ObjectRef,
  { everybody }: BoundSubjects,
  role: string,
): readonly Finding[] {
  const found = everybody.flatMap((name) => EVERYBODY[name] ?? []);
  const worst = found.find(({ severity }) => severity === 'critical') ?? found[0];
  if (worst === undefined) return [];
  const names = everybody.map((name) => `${name} (${EVERYBODY[name]?.why})`).join(', ');
  return [
    {
      control,
      check: worst.check,
      severity: worst.severity,
      result: 'fail',
      ref,
      reason: 'BoundToEverybody',
      message: `${ref.kind} ${quoteForeign(ref.name)} binds ${role} to ${names}.`,
    },
  ];
}

export const tooLargeFinding = (control: string, ref: ObjectRef): Finding => ({
  control,
  check: 'SB-RBAC-005',
  severity: 'high',
  result: 'unknown',
  ref,
  reason: 'TooLargeToJudge',
  message: `${ref.kind} ${quoteForeign(ref.name)}, or the role that it binds, is too large to judge: what it grants is not known.`,
});

export const clusterRolesUnknown = (control: string, ref: ObjectRef, why: string): Finding => ({
  control,
  check: 'SB-RBAC-005',
  severity: 'medium',
  result: 'unknown',
  ref,
  reason: 'ClusterRolesUnknown',
  message: `Bindings refer to ClusterRoles, and what these grant is not known: ${why}.`,
});

/** Names are escaped where they were read. */
export function describeSubjects({ named, more, everybody }: BoundSubjects): string {
  const all = [...everybody, ...named];
  return `bound to ${more === 0 ? all.join(', ') : `${all.join(', ')} and ${more} more`}`;
}

/** Bound to nobody but the platform's own, who have it anyway or can take it. */
export const isPlatformOnly = ({ named, everybody }: BoundSubjects): boolean =>
  named.length === 0 && everybody.length === 0;

/** The subjects of several bindings of one role. */
export function joinSubjects(all: readonly BoundSubjects[]): BoundSubjects {
  const named = [...new Set(all.flatMap((subjects) => subjects.named))];
  const shown = named.slice(0, 5);
  return {
    named: shown,
    more: all.reduce((sum, { more }) => sum + more, named.length - shown.length),
    everybody: [...new Set(all.flatMap(({ everybody }) => everybody))].sort(),
  };
}
