import { AUDIT_POLICY_NAME } from '../../../src/api/names.ts';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { pointerObject, policyName, policyObject } from '../../../src/operator/auditPolicy/objects.ts';
import type { KubeAdmin, NewObject } from '../../support/kubeAdmin.ts';

export const OPERATOR_NAMESPACE = 'drawbridge-system';

export const textOf = (section: AuditSection): string => policyText(compilePolicy([section]));

/** Only what must be seen. */
export const QUIET = textOf({ level: 'None', rules: [] });

/** As the operator publishes a policy, under its hash or another one. */
export async function publish(admin: KubeAdmin, policy: string, hash = sha256(policy)): Promise<string> {
  const object = (name: string, { apiVersion, labels, body }: ReturnType<typeof policyObject>): NewObject => ({
    apiVersion,
    kind: 'ConfigMap',
    metadata: { name, namespace: OPERATOR_NAMESPACE, labels },
    ...(body as object),
  });
  const pointer = object(AUDIT_POLICY_NAME, pointerObject(hash, undefined, {}));
  await admin.apply([object(policyName(hash), policyObject(policy)), pointer]);
  return hash;
}
