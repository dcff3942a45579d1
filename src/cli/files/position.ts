/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  /** In UTF-16 units, as SARIF and editors count. */
  readonly column: number;
}

export const BEGIN: Position = { line: 1, column: 1 };

/** Where a text's offsets are. Made once for a text: a lookup costs the logarithm of its lines. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, offset - (starts[low] ?? 0)) + 1 };
  };
}
