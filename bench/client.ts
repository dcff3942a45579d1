import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { parse } from 'yaml';

/** The least that can talk to an API server: a pool of connections and a token. What is measured stands beside it. */
export interface BareClient {
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
  /** Sends and reads the whole answer; throws on anything but 2xx. */
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string): Promise<string>;
  close(): Promise<void>;
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** @param kubeconfig path of a kubeconfig with a token, such as `serviceAccountKubeconfig` writes */
export function bareClient(kubeconfig: string, connections = 16): BareClient {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { cluster } = clusters[0];
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  const pool = new Pool(cluster.server, { connections, allowH2: false, bodyTimeout: 0, connect: { ca } });
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
  return {
    pool,
    headers,
    send: async (method, path, body) => {
      const response = await pool.request({ method, path, headers, body: body ?? null });
      const text = await response.body.text();
      if (response.statusCode >= 300)
        throw new Error(`${response.statusCode} ${method} ${path}: ${text.slice(0, 300)}`);
      return text;
    },
    close: () => pool.destroy(),
  };
}

/** Calls `onLine` for each line of a stream, synchronously. */
export async function readLines(stream: AsyncIterable<Buffer>, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    rest += chunk.toString();
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      onLine(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
  }
}
