import type { Permission } from './permission.ts';

/** What one event proves about a right of somebody. */
export interface Observation {
  readonly subject: string;
  readonly permission: Permission;
  /** Of the object the check was about; `''`: the check knew none. */
  readonly name: string;
  /**
   * `used`: it was asked for, and authorized. `denied`: the authorizer said no. `refused`: the authorizer said yes, and the
   * answer was 403 all the same: a second check, admission or a quota.
   */
  readonly outcome: 'used' | 'denied' | 'refused';
  readonly because: Because;
}

/** `request`: the request itself; else a check that the server makes beside it, which no event shows as a request. */
export type Because = 'request' | 'created' | 'streamed' | 'impersonated';

/** Why an event proves nothing. `malformed`: it names no right, or no time. */
export type Ignored = 'unfinished' | 'undecided' | 'nobody' | 'malformed';
