import type { Report } from './report.ts';

/** What is known of where a text goes. */
export interface FormatOptions {
  /** It goes to a terminal that takes them. */
  readonly hasColours: boolean;
  /** How many characters stand on a line there; undefined where lines have no end, as in files and pipes. */
  readonly columns?: number | undefined;
}

/** Writes a report down: text that ends with a line end, or nothing. */
export type Format = (report: Report, options: FormatOptions) => string | Promise<string>;
