import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';

interface NamedUser {
  readonly name?: unknown;
  readonly user?: { readonly tokenFile?: unknown } | null;
}

/**
 * The path that `users[].user.tokenFile` names for a user, absolute; undefined when there is none. The client library
 * knows only `token-file`, which no kubeconfig has, and went on as anonymous (client-go: clientcmd/api/v1/types.go). Of
 * several files the first that has the user counts, as in kubectl.
 */
export function tokenFileOf(user: string, kubeconfig: string | undefined): string | undefined {
  for (const path of kubeconfig === undefined ? defaultPaths() : [kubeconfig]) {
    const found = usersIn(path).find(({ name }) => name === user);
    if (found === undefined) continue;
    const { tokenFile } = found.user ?? {};
    return typeof tokenFile === 'string' && tokenFile !== '' ? resolve(dirname(path), tokenFile) : undefined;
  }
  return undefined;
}

/**
 * The token of a file; it is read each time, because it rotates.
 * @throws when it cannot be read or is empty
 */
export function readTokenFile(path: string): string {
  const token = readFileSync(path, 'utf8').trim();
  if (token === '') throw new Error(`the token file ${path} is empty`);
  return token;
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
