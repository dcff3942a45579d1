import { SECURITY_BASELINE } from '../../api/names.ts';
import type { ClusterControl, ClusterView } from '../../core/control/clusterControl.ts';
import { inspectCluster } from '../../core/control/clusterControl.ts';
import type { Facts } from '../../core/facts/facts.ts';
import type { ApiServerPosture } from '../../core/model/apiServerPosture.ts';
import { NOT_ASKED } from '../../core/model/apiServerPosture.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import { clusterToldBy } from '../../core/outcome/clusterFindings.ts';
import { toldKey } from '../../core/outcome/told.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { Clock } from '../clock.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface ClusterOptions {
  readonly controls: readonly ClusterControl[];
  readonly index: ObjectIndex;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly facts: () => Facts;
  /** Whether what these controls look at is known. */
  readonly isReady: (controls: readonly ClusterControl[]) => boolean;
  /** Whether all objects of a kind are. */
  readonly isKnown: (kind: string) => boolean;
  readonly observe: (signal: AbortSignal) => Promise<ApiServerPosture>;
  /** Hears what is to be said of each baseline that asks; undefined: it asks no more. */
  readonly onVerdict: (baseline: string, verdict: ClusterVerdict | undefined) => void;
  /** Hears of a finding when it appears. */
  readonly onFinding: (finding: Finding) => void;
}

/** What was found for one baseline as it was then. */
export interface ClusterVerdict {
  readonly uid: string;
  readonly generation: number;
  readonly findings: readonly Finding[];
}

/** How long what was observed of an API server holds. */
const OBSERVE_EVERY_MS = 600_000;
/** What was not found out may have failed for a moment. */
const OBSERVE_AGAIN_MS = 60_000;

/** So long it is waited for; then what is not known is told, or the status would never say anything. */
const TOLD_AFTER_MS = 15_000;

type BaselineEntry = Entry<BaselineBody>;

/** Looks at the whole cluster, once for all baselines that ask. One look costs what there is of ClusterRoleBindings. */
export function createClusterController(options: ClusterOptions): (work: Work) => Promise<WorkResult> {
  const { controls, index, clock } = options;
  const verdicts = new Map<string, ClusterVerdict>();
  let told: ReadonlySet<string> = new Set();
  let waitingSinceMs: number | undefined;
  let observed: { readonly posture: ApiServerPosture; readonly untilMs: number } | undefined;

  const look = async (signal: AbortSignal): Promise<ApiServerPosture> => {
    if (observed === undefined || clock.nowMs() >= observed.untilMs) {
      const posture = await options.observe(signal);
      const isWhole = Object.values(posture).every(({ known }) => known);
      observed = { posture, untilMs: clock.nowMs() + (isWhole ? OBSERVE_EVERY_MS : OBSERVE_AGAIN_MS) };
    }
    return observed.posture;
  };

  const judge = ({ name, uid, body }: BaselineEntry, view: ClusterView, keys: Set<string>): void => {
    const findings = inspectCluster(controls, body.spec, view);
    const old = verdicts.get(name);
    const wasTold = old?.uid === uid ? NEVER : clusterToldBy(body.status?.clusterFindings);
    for (const finding of findings) {
      const key = toldKey(finding);
      if (!told.has(key) && !keys.has(key) && !wasTold(finding)) options.onFinding(finding);
      keys.add(key);
    }
    const verdict = { uid, generation: body.generation, findings };
    verdicts.set(name, verdict);
    if (!isSame(old, verdict)) options.onVerdict(name, verdict);
  };

  const forgetOthers = (asking: readonly BaselineEntry[]): void => {
    for (const name of [...verdicts.keys()].filter((old) => !asking.some((entry) => entry.name === old))) {
      verdicts.delete(name);
      options.onVerdict(name, undefined);
    }
  };

  return async ({ signal }) => {
    const asking = askingIn(index, controls);
    const asked = controls.filter((control) => asking.some(({ body }) => control.isAskedBy(body.spec)));
    forgetOthers(asking);
    if (options.isReady(asked)) waitingSinceMs = undefined;
    else {
      waitingSinceMs ??= clock.nowMs();
      const untilMs = waitingSinceMs + TOLD_AFTER_MS;
      if (clock.nowMs() < untilMs) return { result: 'done', againAtMs: untilMs };
    }
    const asksServer = asked.some((control) => asking.some(({ body }) => control.asksApiServer(body.spec)));
    const apiServer = asksServer ? await look(signal) : NOT_ASKED;
    const view: ClusterView = {
      ownNamespace: options.ownNamespace,
      facts: options.facts(),
      apiServer,
      knows: options.isKnown,
      ofKind: (kind) => index.ofKind(kind),
    };
    const keys = new Set<string>();
    for (const entry of asking) judge(entry, view, keys);
    told = keys;
    return asksServer && observed !== undefined ? { result: 'done', againAtMs: observed.untilMs } : { result: 'done' };
  };
}

const NEVER = (): boolean => false;

/** Of the baselines that ask for a look at the cluster, and are not on their way out. */
const askingIn = (index: ObjectIndex, controls: readonly ClusterControl[]): readonly BaselineEntry[] =>
  ([...index.ofKind(SECURITY_BASELINE.kind)] as readonly BaselineEntry[]).filter(
    ({ deleting, body }) => !deleting && controls.some((control) => control.isAskedBy(body.spec)),
  );

/** Findings are plain data, found in one order. */
const isSame = (a: ClusterVerdict | undefined, b: ClusterVerdict): boolean =>
  a !== undefined && JSON.stringify(a) === JSON.stringify(b);
