/** Keys that wait for a time, earliest first. One heap for all of them: a timer per key costs 1.5 KB each. */
export interface Delays<K> {
  /** The earliest of two wishes for one key wins. */
  add(key: K, atMs: number): void;
  remove(key: K): void;
  /** When the first key is due; undefined when none waits. */
  nextMs(): number | undefined;
  /** Takes out every key that is due. */
  due(nowMs: number): readonly K[];
  readonly size: () => number;
}

/** A binary heap with lazy removal: an outdated node is skipped when it comes up. */
export function createDelays<K>(): Delays<K> {
  const heap: { readonly key: K; readonly atMs: number }[] = [];
  const wanted = new Map<K, number>();

  const isStale = (node: { readonly key: K; readonly atMs: number }): boolean => wanted.get(node.key) !== node.atMs;
  const dropStale = (): void => {
    while (heap[0] !== undefined && isStale(heap[0])) pop(heap);
  };

  return {
    add: (key, atMs) => {
      const old = wanted.get(key);
      if (old !== undefined && old <= atMs) return;
      wanted.set(key, atMs);
      push(heap, { key, atMs });
    },
    remove: (key) => void wanted.delete(key),
    nextMs: () => {
      dropStale();
      return heap[0]?.atMs;
    },
    due: (nowMs) => {
      const keys: K[] = [];
      for (dropStale(); heap[0] !== undefined && heap[0].atMs <= nowMs; dropStale()) {
        const node = pop(heap);
        if (node !== undefined) {
          wanted.delete(node.key);
          keys.push(node.key);
        }
      }
      return keys;
    },
    size: () => wanted.size,
  };
}

interface Timed {
  readonly atMs: number;
}

function push<N extends Timed>(heap: N[], node: N): void {
  heap.push(node);
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfLater(heap, parent, child)) return;
    child = parent;
  }
}

function pop<N extends Timed>(heap: N[]): N | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  heap[0] = last;
  for (let parent = 0; ; ) {
    const left = 2 * parent + 1;
    const right = left + 1;
    const earlier = (heap[right]?.atMs ?? Number.POSITIVE_INFINITY) < (heap[left]?.atMs ?? 0) ? right : left;
    if (earlier >= heap.length || !swapIfLater(heap, parent, earlier)) return first;
    parent = earlier;
  }
}

function swapIfLater<N extends Timed>(heap: N[], parent: number, child: number): boolean {
  const a = heap[parent];
  const b = heap[child];
  if (a === undefined || b === undefined || a.atMs <= b.atMs) return false;
  heap[parent] = b;
  heap[child] = a;
  return true;
}
