import type { Static } from 'typebox';
import type { ObjectMeta } from '../k8s/object.ts';
import type { AllowRuleSchema } from './schema/allowRule.ts';
import type { AuditSchema } from './schema/audit.ts';
import type { BaselineReportSchema } from './schema/baselineReport.ts';
import type { BaselineWaiverSpecSchema } from './schema/baselineWaiver.ts';
import type { BaselineWaiverStatusSchema } from './schema/baselineWaiverStatus.ts';
import type { ConditionSchema } from './schema/condition.ts';
import type { NetworkSchema } from './schema/network.ts';
import type { PeerSchema } from './schema/peer.ts';
import type { PodSecurityLevelsSchema, PodSecuritySchema } from './schema/podSecurity.ts';
import type { PortSchema } from './schema/port.ts';
import type { RbacSchema, RoleBindingSchema, RoleSchema } from './schema/rbac.ts';
import type { ResourcesSchema } from './schema/resources.ts';
import type { RolloutSchema } from './schema/rollout.ts';
import type { SecurityBaselineSpecSchema } from './schema/securityBaseline.ts';
import type { SecurityBaselineStatusSchema } from './schema/securityBaselineStatus.ts';
import type { ServiceAccountsSchema } from './schema/serviceAccounts.ts';
import type { SubjectSchema } from './schema/subject.ts';

/** The schemas' types, read-only through and through; the operator loads no schema at run time (DESIGN §2). */
export type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Typed<S> = DeepReadonly<Static<S & object>>;

export type SecurityBaselineSpec = Typed<typeof SecurityBaselineSpecSchema>;
export type SecurityBaselineStatus = Typed<typeof SecurityBaselineStatusSchema>;
export type Condition = Typed<typeof ConditionSchema>;
export type NetworkSpec = Typed<typeof NetworkSchema>;
export type AllowRule = Typed<typeof AllowRuleSchema>;
export type PeerSpec = Typed<typeof PeerSchema>;
export type PortSpec = Typed<typeof PortSchema>;
export type AuditSpec = Typed<typeof AuditSchema>;
export type RbacSpec = Typed<typeof RbacSchema>;
export type ServiceAccountsSpec = Typed<typeof ServiceAccountsSchema>;
export type PodSecuritySpec = Typed<typeof PodSecuritySchema>;
export type PodSecurityLevels = Typed<typeof PodSecurityLevelsSchema>;
export type RolloutSpec = Typed<typeof RolloutSchema>;
export type ResourcesSpec = Typed<typeof ResourcesSchema>;
export type RoleSpec = Typed<typeof RoleSchema>;
export type RoleBindingSpec = Typed<typeof RoleBindingSchema>;
export type SubjectSpec = Typed<typeof SubjectSchema>;
export type BaselineReportBody = Typed<typeof BaselineReportSchema>;
export type BaselineWaiverSpec = Typed<typeof BaselineWaiverSpecSchema>;
export type BaselineWaiverStatus = Typed<typeof BaselineWaiverStatusSchema>;
export type WaiverState = NonNullable<BaselineWaiverStatus['state']>;
export type ReportedSection = BaselineReportBody['sections'][number];
export type ReportedDrift = NonNullable<BaselineReportBody['lastDrift']>;

/** What becomes of tampering at the door. */
export type AdmissionAction = NonNullable<SecurityBaselineSpec['admission']>;
export type ForbiddenGrant = NonNullable<RbacSpec['forbid']>[number];
export type Enforcement = SecurityBaselineSpec['enforcement'];
/** The sections a namespace is held to, each governed by itself (DESIGN §2.1). `audit` is the whole cluster's. */
export type Section = 'network' | 'rbac' | 'serviceAccounts' | 'podSecurity' | 'resources';
export const SECTIONS: readonly Section[] = ['network', 'rbac', 'serviceAccounts', 'podSecurity', 'resources'];
export interface SectionSpecs {
  readonly network: NetworkSpec;
  readonly rbac: RbacSpec;
  readonly serviceAccounts: ServiceAccountsSpec;
  readonly podSecurity: PodSecuritySpec;
  readonly resources: ResourcesSpec;
}

export interface SecurityBaseline {
  readonly apiVersion: string;
  readonly kind: 'SecurityBaseline';
  readonly metadata: ObjectMeta;
  readonly spec: SecurityBaselineSpec;
  readonly status?: SecurityBaselineStatus;
}
