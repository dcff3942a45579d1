/** What the demo prints: headings, facts and small tables, coloured only for a terminal that wants it (no-color.org). */
const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = (text: string): string => paint(1, text);
export const green = (text: string): string => paint(32, text);
export const red = (text: string): string => paint(31, text);
export const dim = (text: string): string => paint(2, text);

export const heading = (text: string): void => say(`\n${bold(text)}`);
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** Progress is no result: it goes to stderr. */
export const progress = (text: string): void => void process.stderr.write(`${dim(text)}\n`);

/** Columns as wide as their widest cell, two blanks apart. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows)
    say(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
}
