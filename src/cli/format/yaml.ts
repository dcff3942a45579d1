import type { Format } from './format.ts';
import { dataOf } from './json.ts';

/** The same data as `json`. */
export const yaml: Format = async (report) => {
  const { stringify } = await import('yaml');
  // Aliases would stand for equal places.
  return stringify(dataOf(report), { lineWidth: 0, aliasDuplicateObjects: false });
};
