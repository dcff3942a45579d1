import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { load } from 'js-yaml';

/** `users[].user` as it is written: the client library drops the fields that it does not know. */
export interface WrittenUser {
  /** Of the kubeconfig, for what it names relative to itself. */
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of several files the first that has the user counts, as in kubectl; undefined when none has, as in a pod. */
export function writtenUser(name: string, kubeconfig: string | undefined): WrittenUser | undefined {
  for (const path of kubeconfig === undefined ? defaultPaths() : [kubeconfig]) {
    const found = usersIn(path).find((one) => one.name === name);
    if (found !== undefined) return { path, fields: found.user ?? {} };
  }
  return undefined;
}

/** What to do instead of each field that would silently make somebody else of us, or nobody. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'auth-provider': 'name a plugin under exec, as kubectl 1.26 and newer ask for too, or a tokenFile',
  'as-uid': 'impersonate by as alone, or use a ServiceAccount with these rights',
  'as-groups': 'impersonate by as alone, or use a ServiceAccount with these rights',
  'as-user-extra': 'impersonate by as alone, or use a ServiceAccount with these rights',
};

/** @throws for what a kubeconfig may ask for and we do not do, with a sentence that says what to write instead */
export function refuseUnsupported({ path, fields }: WrittenUser): void {
  for (const [field, instead] of Object.entries(UNSUPPORTED)) {
    if (fields[field] === undefined || fields[field] === null || isTokenFile(fields[field])) continue;
    throw new Error(`${field} in the kubeconfig ${path} is not supported: ${instead}`);
  }
}

/** The library's own provider, by which it reads the token of a pod. */
const isTokenFile = (provider: unknown): boolean =>
  typeof provider === 'object' && provider !== null && 'name' in provider && provider.name === 'tokenFile';

interface NamedUser {
  readonly name?: unknown;
  readonly user?: Readonly<Record<string, unknown>> | null;
}

const defaultPaths = (): readonly string[] => {
  const named = (process.env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named : [join(homedir(), '.kube', 'config')];
};

/** A file that is not there, or not YAML, is the library's to complain about. */
function usersIn(path: string): readonly NamedUser[] {
  try {
    const { users } = (load(readFileSync(path, 'utf8')) ?? {}) as { readonly users?: unknown };
    return Array.isArray(users) ? users.filter((one) => typeof one === 'object' && one !== null) : [];
  } catch {
    return [];
  }
}
