import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is held, after a collection: a slice of a string holds on to all of it, which no size of values shows. */
export function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
