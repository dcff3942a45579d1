/**
 * Names and paths in a log are for clients to choose. Line breaks, of which YAML 1.1 has more than one sees, would end a
 * comment and begin a manifest; other signs a terminal obeys.
 */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e]/gu, escaped);

/** As a double-quoted text of YAML spells it. */
export function escaped(sign: string): string {
  const code = (sign.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
