import type { ClusterAccess } from './config.ts';
import { fingerprintOf } from './config.ts';

/**
 * The name of every API server by which its own clients in the cluster know it (kubeadm's certificates, and those of the
 * managed services, hold it): an address that was discovered need not be in a certificate.
 */
const SERVER_NAME = 'kubernetes.default.svc';

/**
 * The same credentials for one API server among several, behind whatever balances between them.
 * @param server `https://host:port`
 * @param serverName the name in its certificate; absent: the one that the credentials ask for, or the one above
 */
export function accessAt(access: ClusterAccess, server: string, serverName?: string): ClusterAccess {
  return {
    server,
    host: new URL(server).host,
    credentials: async (options) => {
      const credentials = await access.credentials(options);
      const tls = { ...credentials.tls, servername: serverName ?? credentials.tls.servername ?? SERVER_NAME };
      return { ...credentials, tls, fingerprint: fingerprintOf(tls) };
    },
  };
}
