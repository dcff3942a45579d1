/** A row of a Markdown table; a bar in a cell would end it. */
export const tableRow = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [tableRow(...head), tableRow(...head.map(() => '---')), ...rows.map((cells) => tableRow(...cells))].join('\n');

export const code = (text: string): string => `\`${text}\``;

export const codes = (items: readonly string[]): string => items.map(code).join(', ');
