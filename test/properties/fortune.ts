import { UnreachableError } from '../../src/kube/errors.ts';
import type { Writes } from '../../src/operator/ports.ts';
import type { Fortune } from '../support/arbitrary/results.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { refused } from '../support/buildServer.ts';

/** Has the writes of a server turn out as said, again and again in turn, until it is told to stop. */
export function withFortunes(server: FakeServer, fortunes: readonly Fortune[]): () => void {
  const whole: Writes = { ...server.ports.writer };
  let count = 0;
  const luck =
    <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const fortune = fortunes[count % fortunes.length] ?? 0;
      count += 1;
      if (typeof fortune === 'number' && fortune !== 0) throw refused(fortune, 'it failed');
      const answer = await write(...args);
      if (fortune === 'lost') throw new UnreachableError('ECONNRESET', 'PUT', '/');
      return answer;
    };
  Object.assign(server.ports.writer, {
    create: luck(whole.create),
    update: luck(whole.update),
    remove: luck(whole.remove),
    patch: luck(whole.patch),
  });
  return () => void Object.assign(server.ports.writer, whole);
}
