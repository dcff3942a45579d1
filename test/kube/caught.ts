import { expect } from 'chai';

/** The error with which a promise fails; the test fails when it does not. */
export const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  );
