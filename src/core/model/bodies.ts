import type {
  BaselineReportBody,
  BaselineWaiverSpec,
  BaselineWaiverStatus,
  SecurityBaselineSpec,
  SecurityBaselineStatus,
} from '../../api/types.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { GrantedRights } from '../../k8s/rbac/grantedRights.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import type { Violation } from '../podSecurity/violations.ts';

/**
 * What is kept of the objects that are compared or read. Every kind's body is one of these; `core/kinds/kinds.ts` says which.
 */

/** An object under our reserved prefix: all of it outside apiVersion, kind, metadata and status. */
export interface WholeBody {
  readonly whole: Readonly<Record<string, unknown>>;
}

/** An object under our prefix that is larger than anything we write: it differs, and that is all that is kept of it. */
export interface OversizedBody {
  readonly oversizedBytes: number;
}

/** A ResourceQuota of ours. */
export interface QuotaBody extends WholeBody {
  /** Resources of which more is used than it allows; absent: none. */
  readonly exceeded?: readonly string[];
}

/** A NetworkPolicy of somebody else, reduced to what `inspect` concludes from it (THREATS 6). */
export interface ForeignPolicyBody {
  readonly ingress?: PackedReach;
  readonly egress?: PackedReach;
  /** The directions that it opens alone; absent: none. */
  readonly opens?: readonly ('Ingress' | 'Egress')[];
  /** The pods it selects; absent when that was too large to keep. */
  readonly selector?: LabelSelector;
  /** Some rule lets pods out on port 53. Absent: no. */
  readonly dns?: true;
  /** Set instead of a verdict when the object was too large to judge. */
  readonly tooLarge?: boolean;
}

/**
 * Where the pods a policy selects may talk to in one direction, ports aside: a hole of one port is a hole.
 * Intervals are inclusive, sorted and merged.
 */
export interface Reach {
  /** A rule without peers: anywhere. */
  readonly anywhere: boolean;
  /** A peer whose namespaceSelector accepts a namespace without labels: all namespaces. */
  readonly allNamespaces: boolean;
  readonly v4: readonly Interval[];
  readonly v6: readonly Interval[];
}

/** A reach as it is kept: see reach/packed.ts. */
export interface PackedReach extends Pick<Reach, 'anywhere' | 'allNamespaces'> {
  readonly v4: string;
  readonly v6: string;
}

export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

export interface NamespaceBody {
  /** RFC 3339, as the server wrote it. */
  readonly createdAt: string;
  /** The same; absent: nobody deleted it. */
  readonly deletedAt?: string;
}

export interface ServiceBody {
  /** Kept of the API server's and the DNS Services only. */
  readonly clusterIPs: readonly string[];
  readonly selector: LabelSelector['matchLabels'];
  readonly ports: readonly ServicePort[];
  /** An ExternalName: a name elsewhere, and no pods. Absent: no. */
  readonly external?: true;
}

export interface ServicePort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** A Service's port on its pods, by number or by the name that its containers give it. */
  readonly targetPort?: number | string;
}

export interface EndpointSliceBody {
  readonly service: string;
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
}

/**
 * A pod, or what makes pods. Its entry's labels are those of the pods: of the template, where there is one. Small, and equal
 * for the pods of one template, which then share it.
 */
export interface WorkloadBody {
  /** What made it, where that is a workload by itself; absent: nothing did, or a kind that is not known here. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Absent where the owner's template says it: a ReplicaSet of a Deployment, a Job of a CronJob. */
  readonly pods?: PodFacts;
}

/** What is concluded from the spec of a pod. */
export interface PodFacts {
  /** On the node's own network, where no NetworkPolicy reaches it. */
  readonly hostNetwork: boolean;
  /** Of all its containers. */
  readonly ports: readonly PodPort[];
  readonly violations: readonly Violation[];
}

export interface PodPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** On the node; absent: none. */
  readonly hostPort?: number;
}

export interface DaemonSetBody extends WorkloadBody {
  /** Where it is a node-local DNS cache, its addresses, read from its arguments. */
  readonly localDns?: readonly string[];
}

/** A Role of somebody else, reduced to what its rules come to (THREATS 6); see k8s/rbac/grantedRights.ts. */
export interface RoleBody {
  readonly rights: readonly string[];
  /** Set instead of a verdict when the object was too large to judge. */
  readonly tooLarge?: boolean;
}

/** A webhook configuration, APIService or CRD: the Services that it has the API server call. */
export interface CallerBody {
  readonly calls: readonly ServiceCall[];
}

export interface ServiceCall {
  readonly namespace: string;
  readonly service: string;
  /** The Service's port, not its pods'. */
  readonly port: number;
  /** Requests to the API server fail while nobody answers: failurePolicy Fail, or no way around. */
  readonly failsClosed: boolean;
}

export interface ClusterRoleBody {
  /** What its own rules come to, which the aggregation controller may not have filled in yet. */
  readonly rights: GrantedRights;
  /** The ClusterRoles whose rules it has, by their labels; absent: none. */
  readonly aggregates?: readonly LabelSelector[];
  /** One that the API server binds to all its users, and no wider than it ships it. */
  readonly shippedToAll?: boolean;
  readonly tooLarge?: boolean;
  /** Only of the ClusterRole that bounds what baselines may hand out. */
  readonly rules?: readonly PolicyRule[];
}

/** A RoleBinding of somebody else, or a ClusterRoleBinding. */
export interface BindingBody {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: BoundSubjects;
  readonly tooLarge?: boolean;
}

/** Whom a binding names, without the platform's own. */
export interface BoundSubjects {
  /** The first few, escaped: `Group team-a`, `ServiceAccount payments/default`. */
  readonly named: readonly string[];
  /** How many beside these. */
  readonly more: number;
  /** `system:authenticated` and the like, as they are called. */
  readonly everybody: readonly string[];
}

export interface BaselineBody {
  readonly generation: number;
  /** RFC 3339; among equal priorities the oldest baseline governs. */
  readonly createdAt: string;
  readonly spec: SecurityBaselineSpec;
  readonly status: SecurityBaselineStatus | undefined;
}

export interface ReportBody {
  readonly report: BaselineReportBody;
}

export interface WaiverBody {
  readonly generation: number;
  /** RFC 3339, as the server wrote it. */
  readonly createdAt: string;
  readonly spec: BaselineWaiverSpec;
  readonly status: BaselineWaiverStatus | undefined;
}
