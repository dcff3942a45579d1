import type { JsonTransport } from './transport.ts';

/** An API group the server has, with its versions, the preferred one first. */
export interface ServedGroup {
  /** `''` is the core group. */
  readonly group: string;
  readonly versions: readonly string[];
}

/** What `GET /version` says, in numbers. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  /** As given, for people: `v1.36.3`. */
  readonly gitVersion: string;
}

interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions?: readonly { readonly version: string }[];
    readonly preferredVersion?: { readonly version: string };
  }[];
}

/** All groups, the core group first. Fails as `JsonTransport.json` does. */
export async function servedGroups(transport: JsonTransport): Promise<readonly ServedGroup[]> {
  const [core, groups] = await Promise.all([
    transport.json<{ readonly versions?: readonly string[] }>({ method: 'GET', path: '/api' }),
    transport.json<GroupList>({ method: 'GET', path: '/apis' }),
  ]);
  const named = (groups.groups ?? []).map(({ name, versions, preferredVersion }): ServedGroup => {
    const all = (versions ?? []).map(({ version }) => version);
    const first = preferredVersion?.version;
    return { group: name, versions: first === undefined ? all : [first, ...all.filter((one) => one !== first)] };
  });
  return [{ group: '', versions: core.versions ?? [] }, ...named];
}

/** Fails as `JsonTransport.json` does, and when the answer holds no numbers. */
export async function serverVersion(transport: JsonTransport): Promise<ServerVersion> {
  const { major, minor, gitVersion } = await transport.json<{
    readonly major?: string;
    readonly minor?: string;
    readonly gitVersion?: string;
  }>({ method: 'GET', path: '/version' });
  return { major: leadingNumber(major), minor: leadingNumber(minor), gitVersion: gitVersion ?? '' };
}

/** Cloud providers append to it: `36+`. */
function leadingNumber(text: string | undefined): number {
  const digits = /^\d+/.exec(text ?? '')?.[0];
  if (digits === undefined) throw new Error(`the server's version "${text ?? ''}" is no number`);
  return Number(digits);
}
