/** Narrower than this nothing is laid out for. */
const MIN_COLUMNS = 40;

/**
 * Text in lines of at most `columns` characters, each behind `indent`, broken at spaces alone: what is to be copied stays
 * whole. Undefined: one line.
 */
export function wrap(text: string, indent: string, columns: number | undefined): string {
  if (columns === undefined) return `${indent}${text}\n`;
  const room = Math.max(MIN_COLUMNS, columns) - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}${one}\n`).join('');
}

/** Whether every line of a text has room. */
export const fits = (text: string, columns: number | undefined): boolean =>
  columns === undefined || text.split('\n').every((line) => line.length <= columns);
