import { AUDIT_POLICY_NAME } from '../../api/names.ts';
import { marked, markIn } from '../../audit/compile/mark.ts';
import type { AuditSections, Publication } from '../../audit/compile/publication.ts';
import { publicationOf } from '../../audit/compile/publication.ts';
import type { AuditPolicy } from '../../audit/policy.ts';
import { policyText } from '../../audit/policyText.ts';
import type { AuditVerdict } from '../../core/outcome/auditVerdict.ts';
import type { Desired } from '../../core/plan/change.ts';
import { diffObject } from '../../core/plan/diff.ts';
import { isOurs } from '../../core/plan/plan.ts';
import type { Entry } from '../../k8s/entry.ts';
import { KubeError } from '../../kube/errors.ts';
import { sha256 } from '../../kube/sha256.ts';
import { answerOf } from '../applyChange.ts';
import { dataOf, POLICY_KEY, pointerObject, policyName, policyObject, sectionsIn } from '../auditPolicy/objects.ts';
import type { BaselineSource } from '../auditPolicy/sources.ts';
import { notWritten, verdictOn } from '../auditPolicy/verdict.ts';
import { objectOf } from '../objectOf.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface AuditPolicyOptions {
  readonly ports: ApplyPorts;
  readonly ownNamespace: string;
  readonly sources: () => readonly BaselineSource[];
  /** Whether the ConfigMaps of the operator's own namespace are known. */
  readonly isReady: () => boolean;
  /** Hears what is to be said of each baseline with an audit section. */
  readonly onVerdict: (source: BaselineSource, verdict: AuditVerdict) => void;
  /** Hears of the policy that stands from now on; also when it is the same. */
  readonly onPublished: (policy: PublishedPolicy) => void;
  /** Hears of what stood once, did no longer, and was put right. */
  readonly onRepair: (live: Entry | undefined, name: string, fields: readonly string[]) => void;
}

/** What API servers should have. */
export interface PublishedPolicy {
  readonly policy: AuditPolicy;
  readonly mark: string;
  /** The mark of the policy before, where that one is still there. */
  readonly before: string | undefined;
}

/**
 * Publishes the audit policy that the baselines ask for: a ConfigMap named by its hash, which cannot be changed, then the
 * one that points to it. Make before break: who follows the pointer always finds what it names.
 */
export function createAuditPolicyController(options: AuditPolicyOptions): (work: Work) => Promise<WorkResult> {
  const { ports, ownNamespace } = options;
  let published: Published | undefined;

  return async ({ signal }) => {
    if (!options.isReady()) return { result: 'done' };
    const sources = options.sources();
    const pointer = liveOf(ports, ownNamespace, AUDIT_POLICY_NAME);
    const publication = publicationOf(sources, published?.sections ?? sectionsIn(pointer));
    if (publication.policy === undefined) {
      tell(options, sources, (source) => verdictOn(source, publication, ''));
      return { result: 'done' };
    }
    const { policy, mark } = marked(publication.policy, sha256);
    const text = policyText(policy);
    const hash = sha256(text);
    let previous: string | undefined;
    try {
      previous = await publish(options, { text, hash, publication, published }, signal);
    } catch (error) {
      const lacks = await lacksRight(error, options);
      tell(options, sources, () => notWritten(answerOf(error).message, lacks));
      return { result: 'retry', afterMs: answerOf(error).retryAfterMs ?? 0 };
    }
    published = { hash, previous, sections: publication.sections };
    options.onPublished({
      policy,
      mark,
      before: markIn(dataOf(liveOf(ports, ownNamespace, previous ?? ''), POLICY_KEY)),
    });
    const where = `ConfigMap ${ownNamespace}/${policyName(hash)}`;
    tell(options, sources, (source) => verdictOn(source, publication, where));
    return { result: 'done' };
  };
}

/** What this process published last. */
interface Published {
  readonly hash: string;
  /** The name of the policy that stood before it. */
  readonly previous: string | undefined;
  readonly sections: AuditSections;
}

interface Wish {
  readonly text: string;
  readonly hash: string;
  readonly publication: Publication;
  readonly published: Published | undefined;
}

/** @returns the name of the policy that stood before, and is kept */
async function publish(options: AuditPolicyOptions, wish: Wish, signal: AbortSignal): Promise<string | undefined> {
  const { ports, ownNamespace } = options;
  const name = policyName(wish.hash);
  // The same was published before: what differs now was done by somebody.
  const isRepair = wish.published?.hash === wish.hash;
  await write(options, name, policyObject(wish.text), isRepair, signal);
  const before = isRepair ? wish.published?.previous : previousOf(ports, ownNamespace, name);
  const pointer = pointerObject(wish.hash, before, wish.publication.sections);
  await write(options, AUDIT_POLICY_NAME, pointer, isRepair, signal);
  for (const stale of [...ports.index.inNamespace('ConfigMap', ownNamespace)]) {
    const isKept = [AUDIT_POLICY_NAME, name, before].includes(stale.name);
    if (!isOurs(stale) || isKept || stale.deleting || !stale.name.startsWith(`${AUDIT_POLICY_NAME}-`)) continue;
    await ports.writer.remove(refOf(ownNamespace, stale.name), { uid: stale.uid }, signal);
    ports.acknowledgeDelete(stale);
  }
  return before;
}

/** The policy that stood before this one, while it is still there to go back to; where nothing says which, any. */
function previousOf(ports: ApplyPorts, namespace: string, name: string): string | undefined {
  const pointer = liveOf(ports, namespace, AUDIT_POLICY_NAME);
  const named = dataOf(pointer, 'configMap');
  const before = named === name ? dataOf(pointer, 'previous') : named;
  const others = [...ports.index.inNamespace('ConfigMap', namespace)]
    .filter((live) => isOurs(live) && !live.deleting && live.name !== name && live.name !== AUDIT_POLICY_NAME)
    .map((live) => live.name);
  return others.includes(before) ? before : pointer === undefined ? others[0] : undefined;
}

async function write(
  options: AuditPolicyOptions,
  name: string,
  desired: Desired,
  isRepair: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { ports, ownNamespace } = options;
  const ref = refOf(ownNamespace, name);
  const live = liveOf(ports, ownNamespace, name);
  const fields = live === undefined ? [] : diffObject(desired.labels, desired.body, live);
  if (live !== undefined && fields.length === 0 && !live.deleting) return;
  // What is immutable, or going, cannot be put right. The name stands for one content only, so nobody misses it meanwhile.
  const isFixed = live !== undefined && (live.deleting || fields.some((field) => !field.startsWith('/metadata/')));
  if (live !== undefined && isFixed && name !== AUDIT_POLICY_NAME) {
    await ports.writer.remove(ref, { uid: live.uid }, signal);
    ports.acknowledgeDelete(live);
    acknowledge(ports, await ports.writer.create(objectOf(ref, desired), signal));
  } else if (live === undefined || live.deleting) {
    acknowledge(ports, await ports.writer.create(objectOf(ref, desired), signal));
  } else {
    acknowledge(ports, await ports.writer.update(objectOf(ref, desired, live), signal));
  }
  if (isRepair) options.onRepair(live, name, fields);
}

const acknowledge = (ports: ApplyPorts, answer: Entry | undefined): void => {
  if (answer !== undefined) ports.acknowledge(answer);
};

const refOf = (namespace: string, name: string) => ({ kind: 'ConfigMap', namespace, name });

const liveOf = (ports: ApplyPorts, namespace: string, name: string): Entry | undefined =>
  ports.index.get('ConfigMap', namespace, name);

function tell(
  { onVerdict }: AuditPolicyOptions,
  sources: readonly BaselineSource[],
  verdictOf: (source: BaselineSource) => AuditVerdict,
): void {
  for (const source of sources) onVerdict(source, verdictOf(source));
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', DELETE: 'delete' };

async function lacksRight(error: unknown, { ports, ownNamespace }: AuditPolicyOptions): Promise<boolean> {
  const verb = error instanceof KubeError && error.status === 403 ? VERBS[error.method] : undefined;
  return verb !== undefined && (await ports.lacksRight(verb, 'ConfigMap', ownNamespace)) === true;
}
