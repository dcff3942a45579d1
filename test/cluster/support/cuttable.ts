import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a port on loopback that can be cut and mended. */
export interface Cuttable {
  readonly port: number;
  /** Breaks what is open; nothing gets through until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function createCuttable(toPort: number): Promise<Cuttable> {
  const open = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
  };
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((from) => {
    keep(from);
    if (isCut) return void from.destroy();
    const to = connect(toPort, '127.0.0.1');
    keep(to);
    from.on('close', () => to.destroy()).pipe(to);
    to.on('close', () => from.destroy()).pipe(from);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      server.close();
      breakAll();
      await once(server, 'close');
    },
  };
}
