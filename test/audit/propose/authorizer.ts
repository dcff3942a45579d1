import type { KubeObject } from '../../../src/k8s/object.ts';
import { isGrantedBy } from '../../support/model/authorizer.ts';

/** One request as the authorizer is asked, by a user whose bindings `isAllowed` is given. */
export interface Asked {
  readonly verb: string;
  /** Undefined where it is about a path. */
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
}

/** Whether the roles of a set of objects allow a request; each role among them counts as bound to the requester. */
export function isAllowed(objects: readonly KubeObject[], asked: Asked): boolean {
  const { verb, group = '', resource = '', namespace = '', name = '', path } = asked;
  return objects.some((object) => {
    const rules = (object.rules ?? []) as readonly Readonly<Record<string, readonly string[]>>[];
    if (path !== undefined) {
      const isCluster = object.kind === 'ClusterRole';
      return (
        isCluster &&
        rules.some(({ verbs = [], nonResourceURLs = [] }) => verbs.includes(verb) && nonResourceURLs.includes(path))
      );
    }
    const isThere =
      object.kind === 'ClusterRole' || (object.kind === 'Role' && object.metadata.namespace === namespace);
    return isThere && rules.some((rule) => isGrantedBy(rule, { verb, group, resource, name }));
  });
}

/** A request as people say it. */
export const describeAsked = ({ verb, group = '', resource = '', namespace = '', name = '', path }: Asked): string =>
  path === undefined ? `${verb} ${group}/${resource} ${namespace}/${name}` : `${verb} ${path}`;
