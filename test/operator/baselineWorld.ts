import type { SecurityBaselineSpec, SecurityBaselineStatus } from '../../src/api/types.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { AdmissionVerdict } from '../../src/core/outcome/admissionVerdict.ts';
import type { AuditVerdicts } from '../../src/core/outcome/auditVerdict.ts';
import { createBaselinesController } from '../../src/operator/controllers/baselines.ts';
import type { WorkResult } from '../../src/operator/queue.ts';
import { contribution, tallyOf } from '../core/tallies.ts';
import { baseline, namespaceEntry } from '../support/build.ts';
import { createClock } from '../support/buildClock.ts';
import { createServer, projected } from '../support/buildServer.ts';

export const REF = { kind: 'SecurityBaseline', namespace: '', name: 'restricted' };

/** A baseline on a server, and the controller that keeps it. */
export function baselineWorld(spec: Partial<SecurityBaselineSpec> = {}, meta: object = {}) {
  const clock = createClock();
  const server = createServer(clock.nowMs, namespaceEntry('a'), namespaceEntry('b'));
  const { metadata, ...rest } = {
    metadata: { name: 'restricted', uid: 'u', generation: 1, ...meta },
    spec: baseline('restricted', spec).spec,
  };
  server.put({ apiVersion: 'drawbridge.dev/v1alpha1', kind: 'SecurityBaseline', metadata, ...rest });
  const state = {
    members: { a: contribution() } as Parameters<typeof tallyOf>[0],
    crdTerminating: async (): Promise<boolean> => false,
    left: [] as string[],
    released: [] as string[],
    told: [] as string[],
    admission: undefined as AdmissionVerdict | 'pending' | undefined,
    audit: undefined as AuditVerdicts | 'pending' | undefined,
    cluster: undefined as readonly Finding[] | 'pending' | undefined,
  };
  const reconcile = createBaselinesController({
    clock,
    ports: server.ports,
    tally: () => tallyOf(state.members),
    isCrdTerminating: () => state.crdTerminating(),
    release: (uid) => void state.released.push(uid),
    outstanding: () => state.left,
    onPruning: (_, left) => void state.told.push(left.join()),
    auditVerdict: () => state.audit,
    admissionVerdict: () => state.admission,
    clusterFindings: () => state.cluster,
    entryOf: projected,
  });
  return {
    clock,
    server,
    state,
    run: (): Promise<WorkResult> => reconcile({ key: 'restricted', sinceMs: 0, signal: new AbortController().signal }),
    status: () => server.get(REF)?.status as SecurityBaselineStatus | undefined,
    finalizers: () => server.get(REF)?.metadata.finalizers,
  };
}
