/** How much a usage index keeps. What does not fit is counted, and what is there stays: a flood cannot push it out. */
export interface UsageLimits {
  readonly subjects: number;
  /** Used rights of all subjects. */
  readonly entries: number;
  /** Used rights of one subject, so that one that asks for ever new things takes no room from the others. */
  readonly entriesPerSubject: number;
  /** Paths among them: every authenticated user may ask for any path under /api and /apis, and each is a new one. */
  readonly pathsPerSubject: number;
  /** Denied and refused rights, of all subjects and of one: they cost nothing to make. */
  readonly aside: number;
  readonly asidePerSubject: number;
  /** Names of objects for one right; with more it is as if all had been used. */
  readonly names: number;
  /** Bindings remembered for one right. */
  readonly bindings: number;
  /** Long-running requests that have begun and not ended. */
  readonly longRunning: number;
  /** Characters of a user name, resource, path or any other text. Kubernetes allows names of 253. */
  readonly textLength: number;
}

export const USAGE_LIMITS: UsageLimits = {
  subjects: 2_000,
  entries: 50_000,
  entriesPerSubject: 5_000,
  pathsPerSubject: 200,
  aside: 20_000,
  asidePerSubject: 200,
  names: 16,
  bindings: 4,
  longRunning: 10_000,
  textLength: 512,
};
