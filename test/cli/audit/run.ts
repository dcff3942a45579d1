import type { LogLine } from '../../../src/cli/audit/logLines.ts';
import type { ReadUsageOptions } from '../../../src/cli/audit/readUsage.ts';
import { readUsage } from '../../../src/cli/audit/readUsage.ts';
import type { RunProposeOptions, RunProposeResult } from '../../../src/cli/audit/runPropose.ts';
import { runPropose } from '../../../src/cli/audit/runPropose.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';

/** A line of a log, as kube-apiserver writes it, of a request by shop/bot that was allowed. */
export const line = (verb: string, uri: string, ref: object | undefined, more: object = {}): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `${verb} ${uri}`,
    stage: 'ResponseComplete',
    requestURI: uri,
    verb,
    user: { username: 'system:serviceaccount:shop:bot', groups: ['system:serviceaccounts'] },
    objectRef: ref,
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-11-25T10:00:00.000000Z',
    stageTimestamp: '2026-11-25T10:00:00.100000Z',
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason':
        'RBAC: allowed by ClusterRoleBinding "wide" of ClusterRole "cluster-admin" to ServiceAccount "bot/shop"',
    },
    ...more,
  });

export const LIST_PODS = line('list', '/api/v1/namespaces/shop/pods', { resource: 'pods', namespace: 'shop' });
export const GET_SECRET = line('get', '/api/v1/namespaces/shop/secrets/db', {
  resource: 'secrets',
  namespace: 'shop',
  name: 'db',
});

async function* linesOf(texts: readonly (string | undefined)[]): AsyncGenerator<LogLine> {
  for (const [index, text] of texts.entries()) yield { number: index + 1, text };
}

export const readLines = (texts: readonly (string | undefined)[], options?: ReadUsageOptions) =>
  readUsage([{ name: 'audit.log', lines: linesOf(texts) }], options);

/** The command without files. */
export async function run(
  texts: readonly (string | undefined)[],
  options: Partial<RunProposeOptions> = {},
  grants?: readonly KubeObject[],
): Promise<RunProposeResult> {
  const log = await readLines(texts);
  return runPropose({ ...log, grants }, { output: 'yaml', subjects: [], approved: [], ...options });
}
