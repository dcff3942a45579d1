import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { KeyPair } from './certificates.ts';

/** How a kubeconfig's user proves who it is. */
export type Credentials = KeyPair | { readonly token: string };

/** Writes a kubeconfig with everything inline, readable by its owner alone. */
export function writeKubeconfig(path: string, url: string, caPem: string, credentials: Credentials): void {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': base64(credentials.certPem),
          'client-key-data': base64(credentials.keyPem),
        };
  const name = 'drawbridge-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
}
