/**
 * Reading JSON that somebody else wrote: each function takes anything and answers with an empty value for what is not
 * there, so that a projection never throws, whatever a server or a file holds.
 */

export type JsonRecord = Readonly<Record<string, unknown>>;

const NO_FIELDS: JsonRecord = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

export const record = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : NO_FIELDS;

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NO_ITEMS);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const texts = (value: unknown): readonly string[] =>
  list(value).filter((item): item is string => typeof item === 'string');

export const integer = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;

/** Only the entries whose value is a string, such as labels; the keys are kept as own properties whatever their name. */
export const textRecord = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
