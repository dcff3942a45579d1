import type { ClusterAccess, TlsOptions } from './config.ts';
import { fingerprintOf } from './config.ts';

/** The same API server without credentials: no token, no client certificate. Its own certificate is checked as ever. */
export const anonymousAccess = (access: ClusterAccess): ClusterAccess => ({
  server: access.server,
  host: access.host,
  credentials: async (options) => {
    const {
      cert: _cert,
      key: _key,
      pfx: _pfx,
      passphrase: _passphrase,
      ...rest
    } = (await access.credentials(options)).tls;
    const tls: TlsOptions = rest;
    return { headers: {}, tls, fingerprint: fingerprintOf(tls) };
  },
});
