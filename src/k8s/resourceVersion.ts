/**
 * Orders two resource versions of one kind: negative when `a` is older. They are decimal numbers of up to 64 bits, which
 * clients may compare since Kubernetes 1.35 (KEP-5504); before that etcd's revision was the same number. An empty
 * version is older than any other, so that what is unknown never hides what is new.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
