/** Control characters, marks that turn the direction of a line, halves of pairs, what no font has; and breaks of Unicode. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text that is safe to show, whoever wrote it: a file must not move the cursor of a terminal, begin a line that a
 * CI system takes for a command, or end an XML document (THREATS 6).
 */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

const MAX_CHARS = 600;

/** The same, and not longer than anybody reads. */
export function shortPrintable(text: string): string {
  const shown = printable(text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text);
  return text.length > MAX_CHARS ? `${shown}…` : shown;
}

/** JSON in ASCII: the same data, whoever reads it, and nothing that moves the cursor of a terminal. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    /[^\n -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** JSON with texts that are safe to show; names of fields are left as they are. */
export const printableData = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_name, item) => (typeof item === 'string' ? printable(item) : item));
