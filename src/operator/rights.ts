import { kindRow } from '../core/kinds/kinds.ts';
import type { JsonTransport } from '../kube/transport.ts';

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

const CACHED_MS = 30_000;

/**
 * Asks the API server whether we lack a right (SelfSubjectAccessReview), so that a 403 of RBAC is told from one of
 * admission (THREATS 18). Cached for 30 s per verb, kind and namespace; undefined when the question got no answer.
 */
export function createRights(
  transport: JsonTransport,
  nowMs: () => number,
): (verb: string, kind: string, namespace: string) => Promise<boolean | undefined> {
  const cache = new Map<string, { readonly atMs: number; readonly lacks: Promise<boolean | undefined> }>();
  return (verb, kind, namespace) => {
    const key = `${verb} ${kind} ${namespace}`;
    const known = cache.get(key);
    if (known !== undefined && nowMs() - known.atMs < CACHED_MS) return known.lacks;
    for (const [old, { atMs }] of cache) if (nowMs() - atMs >= CACHED_MS) cache.delete(old);
    const lacks = ask(transport, verb, kind, namespace);
    cache.set(key, { atMs: nowMs(), lacks });
    return lacks;
  };
}

async function ask(
  transport: JsonTransport,
  verb: string,
  kind: string,
  namespace: string,
): Promise<boolean | undefined> {
  const { group, plural } = kindRow(kind);
  try {
    const review = await transport.json<Review>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource: plural, namespace } },
      },
    });
    return review.status?.allowed === undefined ? undefined : !review.status.allowed;
  } catch {
    return undefined;
  }
}
