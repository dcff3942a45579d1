import type { KubeObject } from '../../../src/k8s/object.ts';
import { eventually } from '../../support/eventually.ts';
import type { KubeAdmin, NewObject } from '../../support/kubeAdmin.ts';
import type { Asked } from '../propose/authorizer.ts';

const AT_ONCE = 16;
const RBAC = 'rbac.authorization.k8s.io';

/** Whether the server would let a user with these groups do it: its own SubjectAccessReview. */
export async function isReviewed(
  admin: KubeAdmin,
  user: string,
  groups: readonly string[],
  asked: Asked,
): Promise<boolean> {
  const { verb, group, resource = '', namespace, name, path } = asked;
  const [kind, subresource] = resource.split('/');
  const attributes =
    path === undefined
      ? { resourceAttributes: { verb, group, resource: kind, subresource, namespace, name } }
      : { nonResourceAttributes: { verb, path } };
  const review = await admin.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, ...attributes },
  });
  return review.status.allowed;
}

/** Does it for each item, some at once, and gives the results in their order. */
export async function each<T, R>(items: readonly T[], does: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await does(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

let sentinels = 0;

/** Creates roles and bindings, and waits until the authorizer goes by all of them. */
export async function grant(admin: KubeAdmin, objects: readonly KubeObject[]): Promise<void> {
  await each(objects, (object) => admin.create(object as unknown as NewObject));
  sentinels += 1;
  const name = `sentinel-${sentinels}`;
  // Each kind has a watch of its own, in order: when the last of each is known, so are those before it.
  const kinds = [
    { prefix: '', metadata: { name, namespace: 'default' } },
    { prefix: 'Cluster', metadata: { name } },
  ];
  for (const { prefix, metadata } of kinds) {
    const head = { apiVersion: `${RBAC}/v1`, metadata };
    await admin.create({
      ...head,
      kind: `${prefix}Role`,
      rules: [{ apiGroups: [''], resources: [`sentinels${prefix}`], verbs: ['get'] }],
    });
    await admin.create({
      ...head,
      kind: `${prefix}RoleBinding`,
      roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name },
      subjects: [{ kind: 'User', apiGroup: RBAC, name }],
    });
    const asked = { verb: 'get', group: '', resource: `sentinels${prefix}`, namespace: metadata.namespace ?? '' };
    await eventually(async () => {
      if (!(await isReviewed(admin, name, [], asked))) throw new Error(`${name} is not known yet`);
    });
  }
}
