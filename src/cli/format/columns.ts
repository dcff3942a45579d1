import type { styleText } from 'node:util';

export interface Cell {
  readonly text: string;
  readonly style?: Parameters<typeof styleText>[0];
}

export type Paint = (style: Cell['style'], text: string) => string;

/** Lines of cells, each column as wide as its widest one; the last as it comes. */
export function columns(rows: readonly (readonly Cell[])[], paint: Paint): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map(({ text }, index) => Math.max(known[index] ?? 0, text.length)),
    [],
  );
  const line = (row: readonly Cell[]): string =>
    row
      .map(({ text, style }, index) => {
        const padding = index === row.length - 1 ? '' : ' '.repeat((widths[index] ?? 0) - text.length + 2);
        return `${style === undefined ? text : paint(style, text)}${padding}`;
      })
      .join('')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
