import type { Report } from './report.ts';

export interface FormatOptions {
  /** It goes to a terminal that takes them. */
  readonly hasColours: boolean;
}

/** Writes a report down: text that ends with a line end, or nothing. */
export type Format = (report: Report, options: FormatOptions) => string | Promise<string>;
