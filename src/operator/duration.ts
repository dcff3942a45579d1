const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a duration as Go's flags take them, of one unit: `15s`, `500ms`, `1.5m`. Throws a sentence that says what
 * to write instead.
 */
export function parseDuration(text: string): number {
  const match = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)$/.exec(text);
  const unitMs = UNITS_MS[match?.groups?.unit ?? ''];
  if (unitMs === undefined) throw new Error(`"${text}" is not a duration: write "15s", "500ms" or "1m"`);
  return Number(match?.groups?.number) * unitMs;
}
