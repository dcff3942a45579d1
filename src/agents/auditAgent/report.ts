import { MANAGED_BY, MANAGED_BY_LABEL } from '../../api/names.ts';
import { pathOf } from '../../k8s/kind.ts';
import { sha256 } from '../../kube/sha256.ts';
import type { JsonTransport } from '../../kube/transport.ts';
import { CONFIG_MAP } from './follow.ts';

/** What the agent of a node says of it, for the operator and for people: the data of a ConfigMap of its own. */
export interface NodeReport {
  readonly node: string;
  /** Where the roll-out is: see docs/audit-agent.md. */
  readonly phase: 'InForce' | 'RollingOut' | 'RollingBack' | 'Waiting' | 'Idle' | 'Refused' | 'Unknown';
  /** Under which the server was last seen to work; `''`: not known. */
  readonly good: string;
  /** The hash of the file that the server reads at its next start; `''`: there is none. */
  readonly file: string;
  /** The published one, when it is one to be trusted. */
  readonly wanted: string;
  readonly reason: string;
  readonly message: string;
  /** What a probe found out of the policy that is in force: effective, unknown. */
  readonly proof: string;
}

const PREFIX = 'drawbridge-audit-node-';
const MAX_NAME = 253;
const HASH_CHARS = 12;

/** A node's name is one of a ConfigMap, and may be as long as one. */
export function reportName(node: string): string {
  const name = `${PREFIX}${node}`;
  return name.length <= MAX_NAME
    ? name
    : `${name.slice(0, MAX_NAME - HASH_CHARS - 1)}-${sha256(node).slice(0, HASH_CHARS)}`;
}

const FIELD_MANAGER = 'drawbridge-audit-agent';

/** Rejects as `JsonTransport.json` does. */
export async function writeReport(transport: JsonTransport, namespace: string, report: NodeReport): Promise<void> {
  const name = reportName(report.node);
  await transport.json({
    method: 'PATCH',
    path: pathOf(CONFIG_MAP, namespace, name),
    query: { fieldManager: FIELD_MANAGER, force: 'true', fieldValidation: 'Strict' },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace,
        labels: { [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/name': FIELD_MANAGER },
      },
      data: report,
    },
  });
}
