/** The resource versions that watches of a resource went past. */
export interface Versions {
  /** A version that a watch of this resource told of, or began with. */
  saw(resource: string, version: string): void;
  /** So many of the seen versions before this one, at most the oldest; this one when no older was seen. */
  before(resource: string, version: string, versionsBack: number): string;
}

/** More than the API server's watch cache keeps of a quiet resource: older ones it answers with 410. */
const KEPT = 1_000;

export function createVersions(): Versions {
  const seen = new Map<string, number[]>();
  return {
    saw: (resource, version) => {
      const list = seen.get(resource) ?? [];
      seen.set(resource, list);
      const value = Number(version);
      if (!Number.isSafeInteger(value) || value <= 0 || list.includes(value)) return;
      list.push(value);
      list.sort((a, b) => a - b);
      if (list.length > KEPT) list.shift();
    },
    before: (resource, version, versionsBack) => {
      const older = (seen.get(resource) ?? []).filter((value) => value < Number(version));
      const chosen = older.at(-Math.min(versionsBack, older.length));
      return older.length === 0 || chosen === undefined ? version : String(chosen);
    },
  };
}

/** The version of the object in a line of a watch; undefined for an ERROR. */
export function versionOf(line: Buffer): { readonly version: string; readonly endsInit: boolean } | undefined {
  const { type, object } = JSON.parse(line.toString()) as WatchLine;
  const version = object?.metadata?.resourceVersion;
  if (type === 'ERROR' || version === undefined) return undefined;
  return { version, endsInit: object?.metadata?.annotations?.['k8s.io/initial-events-end'] === 'true' };
}

interface WatchLine {
  readonly type: string;
  readonly object?: {
    readonly metadata?: { readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> };
  };
}
