import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ranges from which kernels take the ports of outgoing connections (Linux 32768-60999, macOS and Windows from
// 49152): a server that is killed and started again finds its port free, however many clients dial meanwhile.
const FIRST_PORT = 20_000;
const END_PORT = 30_000;
const ATTEMPTS = 100;

/**
 * `count` different TCP ports that were free on 127.0.0.1 a moment ago.
 * Two processes may still pick the same one: whoever binds second has to ask again.
 * @throws when 100 random ports in a row were taken
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && ports.size < count; attempt++) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (await canListen(port)) ports.add(port);
  }
  if (ports.size < count) throw new Error(`no ${count} free ports on 127.0.0.1 between ${FIRST_PORT} and ${END_PORT}`);
  return [...ports];
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
