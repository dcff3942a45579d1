import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { WrittenUser } from './kubeconfigUser.ts';

/**
 * The path that `users[].user.tokenFile` names, absolute; undefined when there is none. The client library knows only
 * `token-file`, which no kubeconfig has, and went on as anonymous (client-go: clientcmd/api/v1/types.go).
 */
export const tokenFileOf = ({ path, fields: { tokenFile } }: WrittenUser): string | undefined =>
  typeof tokenFile === 'string' && tokenFile !== '' ? resolve(dirname(path), tokenFile) : undefined;

/**
 * The token of a file; it is read each time, because it rotates.
 * @throws when it cannot be read or is empty
 */
export function readTokenFile(path: string): string {
  const token = readFileSync(path, 'utf8').trim();
  if (token === '') throw new Error(`the token file ${path} is empty`);
  return token;
}
