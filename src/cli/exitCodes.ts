/** Exit codes are contracts: users write them into CI (DESIGN §7). They are the same for every output format. */
export const CLEAN = 0;
/** Findings, or differences. */
export const FOUND = 1;
/** The command could not do what it was asked: wrong usage, a file that is not there, an output that cannot be written. */
export const FAILED = 2;

export type ExitCode = typeof CLEAN | typeof FOUND | typeof FAILED;

/** The command cannot be carried out; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
