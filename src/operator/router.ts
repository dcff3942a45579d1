import { REPORT_NAME } from '../api/names.ts';
import { isApiServerService, isDnsService } from '../core/kinds/dnsServices.ts';
import type { BaselineBody } from '../core/model/bodies.ts';
import type { Entry } from '../k8s/entry.ts';
import type { StoreChange } from '../kube/store.ts';

/** What a change of the stores asks for. */
export type Trigger =
  /** Look at a namespace because something in it changed. */
  | { readonly to: 'drift'; readonly namespace: string }
  /** Look at a namespace, if anything there asks for it, because of what runs in it. */
  | { readonly to: 'workload'; readonly namespace: string; readonly kind: string }
  /** Find out anew who governs it, and look if that or its labels changed. */
  | { readonly to: 'namespace'; readonly namespace: string; readonly look: boolean }
  /** Baselines changed in what they ask for: find out anew everywhere. */
  | { readonly to: 'governance' }
  /** Write the status or the finalizer of a baseline. */
  | { readonly to: 'baseline'; readonly name: string }
  /** A waiver changed: find out anew where it holds. */
  | { readonly to: 'waiver'; readonly name: string }
  | { readonly to: 'report'; readonly namespace: string }
  /** A report that others show. */
  | { readonly to: 'policyReport'; readonly namespace: string }
  | { readonly to: 'facts' }
  /** Compare what is published of the audit policy with what the baselines ask for. */
  | { readonly to: 'auditPolicy' }
  /** Compare the policies at admission with what the baselines ask for. */
  | { readonly to: 'admission' }
  /** Look at the whole cluster again. */
  | { readonly to: 'cluster' };

const FACTS: readonly Trigger[] = [{ to: 'facts' }];
const AUDIT: readonly Trigger[] = [{ to: 'auditPolicy' }];
const ADMISSION: readonly Trigger[] = [{ to: 'admission' }];
const CLUSTER: readonly Trigger[] = [{ to: 'cluster' }];
/** What a change of ClusterRoles asks for. */
const CLUSTER_TRIGGERS: readonly Trigger[] = [...FACTS, ...CLUSTER];

/**
 * What follows from one change of the stores. Our own writes ask for nothing: their answers were taken in when they came,
 * or the operator would feed itself. But the answer to a status patch may be the first to tell of somebody's edit of the
 * spec, and the watch has nothing new to say then.
 */
export function triggersOf(change: StoreChange): readonly Trigger[] {
  const { kind, before, after, source } = change;
  const entry = after ?? before;
  if (entry === undefined) return [];
  if (source === 'write') return writeTriggers(change);
  switch (kind) {
    case 'Namespace':
      return [{ to: 'namespace', namespace: entry.name, look: mustLook(before, after) }];
    case 'SecurityBaseline':
      return baselineTriggers(before as BaselineEntry | undefined, after as BaselineEntry | undefined);
    case 'BaselineWaiver':
      return [{ to: 'waiver', name: entry.name }];
    case 'BaselineReport':
      return entry.name === REPORT_NAME ? [{ to: 'report', namespace: entry.namespace }] : [];
    case 'Report':
    case 'PolicyReport':
      return [{ to: 'policyReport', namespace: entry.namespace }];
    case 'ConfigMap':
      return AUDIT;
    case 'ValidatingAdmissionPolicy':
    case 'ValidatingAdmissionPolicyBinding':
      return ADMISSION;
    case 'Service':
      return serviceTriggers(change);
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
    case 'APIService':
    case 'CustomResourceDefinition':
      return isSame(before, after) ? [] : FACTS;
    case 'EndpointSlice':
      return FACTS;
    case 'ClusterRole':
      return CLUSTER_TRIGGERS;
    case 'ClusterRoleBinding':
      return CLUSTER;
    case 'DaemonSet':
      return [...(entry.namespace === 'kube-system' ? FACTS : []), ...workloadTriggers(change)];
    case 'Pod':
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'Job':
    case 'CronJob':
      return workloadTriggers(change);
    default:
      return [{ to: 'drift', namespace: entry.namespace }];
  }
}

const serviceTriggers = (change: StoreChange): readonly Trigger[] => {
  const triggers = workloadTriggers(change);
  return triggers.length > 0 && [change.before, change.after].some(isFactService) ? [...FACTS, ...triggers] : triggers;
};

/** Facts are read from the API server's Service and the cluster's DNS; all others matter where they are. */
const isFactService = (entry: Entry | undefined): boolean =>
  entry !== undefined &&
  (isApiServerService(entry.namespace, entry.name) || isDnsService(entry.namespace, entry.name, entry.labels));

/**
 * Labels are interned, so equal ones are one object: an annotation on a namespace asks for nothing. After a gap in the watch
 * there may be another one of that name, with not a word about the end of the first.
 */
const mustLook = (before: Entry | undefined, after: Entry | undefined): boolean =>
  before === undefined ||
  after === undefined ||
  before.uid !== after.uid ||
  before.labels !== after.labels ||
  before.deleting !== after.deleting;

/** Nothing that is kept changed, for equal content is one object in the store. */
const isSame = (before: Entry | undefined, after: Entry | undefined): boolean =>
  before?.body === after?.body && before?.labels === after?.labels && before?.deleting === after?.deleting;

/** What runs writes its status all the time; nobody looks at that. */
const workloadTriggers = ({ kind, before, after }: StoreChange): readonly Trigger[] =>
  isSame(before, after) ? [] : [{ to: 'workload', namespace: (after ?? before)?.namespace ?? '', kind }];

type BaselineEntry = Entry<BaselineBody>;

function writeTriggers({ kind, before, after }: StoreChange): readonly Trigger[] {
  // A baseline may select by the labels that we write.
  if (kind === 'Namespace') return [{ to: 'namespace', namespace: after?.name ?? '', look: false }];
  return editTriggers(kind, before, after);
}

function editTriggers(kind: string, before: Entry | undefined, after: Entry | undefined): readonly Trigger[] {
  if (before === undefined || after === undefined) return [];
  if (kind !== 'SecurityBaseline' && kind !== 'BaselineWaiver') return [];
  if (!asksAnew(before as BaselineEntry, after as BaselineEntry)) return [];
  return kind === 'SecurityBaseline'
    ? baselineTriggers(before as BaselineEntry, after as BaselineEntry)
    : [{ to: 'waiver', name: after.name }];
}

/** A status written by anybody is put right without looking at a single namespace. */
function baselineTriggers(before: BaselineEntry | undefined, after: BaselineEntry | undefined): readonly Trigger[] {
  const name = (after ?? before)?.name ?? '';
  return asksAnew(before, after)
    ? [{ to: 'governance' }, { to: 'baseline', name }, ...specTriggers(before), ...specTriggers(after)]
    : [{ to: 'baseline', name }];
}

/** What is of the whole cluster. */
function specTriggers(entry: BaselineEntry | undefined): readonly Trigger[] {
  const { audit, rbac, clusterChecks } = entry?.body.spec ?? {};
  const asksForCluster = rbac?.forbid !== undefined || clusterChecks !== undefined;
  return [...(audit === undefined ? [] : AUDIT), ...(asksForCluster ? CLUSTER : [])];
}

const asksAnew = (before: BaselineEntry | undefined, after: BaselineEntry | undefined): boolean =>
  before?.uid !== after?.uid ||
  before?.body.generation !== after?.body.generation ||
  before?.deleting !== after?.deleting;
