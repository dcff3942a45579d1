import type { AddressInfo, Server } from 'node:net';

/**
 * Where a server listens: `:8080`, `127.0.0.1:8080`, `[::1]:0`; `0` is off. The form of kubebuilder's flags. Brackets may be around an
 * address of either kind, as Go has it: a manifest that fills one in does not know which.
 */
export interface BindAddress {
  /** Undefined: all addresses. */
  readonly host: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

/** Undefined when switched off. Throws a sentence that says what to write instead. */
export function parseBindAddress(text: string): BindAddress | undefined {
  if (text === '0' || text === '') return undefined;
  const match = /^(?:\[(?<ip>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (match?.groups === undefined || port > 65535) {
    throw new Error(
      `"${text}" is not an address to bind to: write ":8080", "127.0.0.1:8080", "[::1]:8080", or "0" for off`,
    );
  }
  const host = match.groups.ip ?? match.groups.host;
  return { host: host === '' ? undefined : host, port };
}

/** Resolves with `host:port` as bound; rejects when the port is taken, say. */
export async function listen(server: Server, { host, port }: BindAddress): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}
