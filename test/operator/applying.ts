import type { Change } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { applyChange } from '../../src/operator/applyChange.ts';
import { changes } from '../support/applied.ts';
import type { FakeServer } from '../support/buildServer.ts';

export const DENY = { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
export const WIDE = { spec: { podSelector: {}, ingress: [{}] } };
export const deny = changes('NetworkPolicy', 'drawbridge-d', DENY);
export const REF = { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-d' };
export const ESCALATION = 'forbidden: user "u" is attempting to grant RBAC permissions not currently held: {}';

export const apply = (server: FakeServer, change: Change): Promise<ChangeResult> =>
  applyChange(change, server.ports, new AbortController().signal);
export const put = (server: FakeServer, object: Parameters<FakeServer['put']>[0]): Entry => {
  const entry = server.put(object);
  if (entry === undefined) throw new Error('it is not kept');
  return entry;
};
export const verbs = ({ writes }: FakeServer): readonly string[] => writes.map(({ verb }) => verb);
export const reasonOf = (result: ChangeResult): string =>
  result.result === 'failed' ? `${result.refusal.reason}, ${result.refusal.retry}` : result.result;
