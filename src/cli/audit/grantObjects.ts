import { parseAllDocuments } from 'yaml';
import { list, record, text } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';

const KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
const RBAC = /^rbac\.authorization\.k8s\.io\//;

/**
 * The Roles, ClusterRoles and bindings of YAML or JSON as `kubectl get … -o yaml` gives it: single objects, several
 * documents, lists. Other kinds are passed over. Throws a sentence that says what to write instead.
 */
export function grantObjects(source: string, name: string): readonly KubeObject[] {
  const objects = parseAllDocuments(source, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${name} is no YAML: ${error.message}`);
    return itemsOf(document.toJS({ maxAliasCount: 100 }));
  });
  if (objects.length === 0) {
    throw new Error(
      `${name} has no Roles or bindings: write it with "kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml"`,
    );
  }
  return objects;
}

function itemsOf(value: unknown): readonly KubeObject[] {
  const object = record(value);
  if (text(object.kind).endsWith('List')) return list(object.items).flatMap(itemsOf);
  const isGrant = KINDS.includes(text(object.kind)) && RBAC.test(text(object.apiVersion));
  return isGrant && text(record(object.metadata).name) !== '' ? [object as unknown as KubeObject] : [];
}
