import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The current context of a kubeconfig: where to dial, whom to trust, who we are. */
export interface Access {
  readonly url: string;
  readonly caPem: string | undefined;
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  readonly token: string | undefined;
}

interface Named {
  readonly name: string;
  readonly [section: string]: unknown;
}

/**
 * Reads a kubeconfig file; data may be inline or in files of absolute path.
 * @throws when the file or its current context is missing
 */
export function readKubeconfig(path: string): Access {
  const config = parse(readFileSync(path, 'utf8'));
  const section = (list: readonly Named[], kind: string, name: string): Record<string, string> => {
    const found = list.find((entry) => entry.name === name)?.[kind];
    if (!found) throw new Error(`${path}: no ${kind} "${name}"`);
    return found as Record<string, string>;
  };
  const context = section(config.contexts ?? [], 'context', config['current-context']);
  const cluster = section(config.clusters ?? [], 'cluster', context.cluster ?? '');
  const user = section(config.users ?? [], 'user', context.user ?? '');
  return {
    url: cluster.server ?? '',
    caPem: dataOrFile(cluster, 'certificate-authority'),
    certPem: dataOrFile(user, 'client-certificate'),
    keyPem: dataOrFile(user, 'client-key'),
    token: user.token ?? (user.tokenFile && readFileSync(user.tokenFile, 'utf8').trim()),
  };
}

function dataOrFile(section: Record<string, string>, key: string): string | undefined {
  const data = section[`${key}-data`];
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const file = section[key];
  return file && readFileSync(file, 'utf8');
}
