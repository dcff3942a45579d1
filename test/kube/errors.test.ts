import { expect } from 'chai';
import {
  isAlreadyExists,
  isBeingDeleted,
  isConflict,
  isForbidden,
  isGone,
  isNamespaceTerminating,
  isNotFound,
  isRetriable,
  KubeError,
  UnreachableError,
} from '../../src/kube/errors.ts';
import { parseRetryAfter } from '../../src/kube/retryAfter.ts';

const refusal = (status: number, body: object = {}) => new KubeError({ status, method: 'PUT', path: '/apis/x', body });

describe('KubeError', () => {
  it('says what was refused and why in one line', () => {
    expect(refusal(409, { reason: 'Conflict', message: 'modified' }).message).to.equal(
      '409 Conflict PUT /apis/x: modified',
    );
  });

  it('takes its reason from the status code when the answer has none', () => {
    expect(refusal(503).message).to.equal('503 ServiceUnavailable PUT /apis/x');
  });

  it('gives the causes of an invalid object', () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'no', field: 'spec.x' }, { message: 'bare' }];
    expect(refusal(422, { details: { causes } }).causes).to.deep.equal([
      causes[0],
      { reason: '', message: 'bare', field: '' },
    ]);
  });

  it('gives the wait the body asks for when no header does', () => {
    expect(refusal(429, { details: { retryAfterSeconds: 2 } }).retryAfterMs).to.equal(2000);
  });

  it('waits no longer than a minute, whatever it is asked', () => {
    expect(refusal(429, { details: { retryAfterSeconds: 86_400 } }).retryAfterMs).to.equal(60_000);
    expect(
      new KubeError({ status: 503, method: 'GET', path: '/', body: {}, retryAfterMs: 3_600_000 }).retryAfterMs,
    ).to.equal(60_000);
  });

  it('cuts a long sentence', () => {
    expect(refusal(422, { message: 'x'.repeat(5_000) }).serverMessage).to.have.length(1024);
  });
});

describe('Predicates of errors', () => {
  it('tell a taken name from a write in between', () => {
    const taken = refusal(409, { reason: 'AlreadyExists' });
    const written = refusal(409, { reason: 'Conflict' });
    expect([isAlreadyExists(taken), isConflict(taken)]).to.deep.equal([true, false]);
    expect([isAlreadyExists(written), isConflict(written)]).to.deep.equal([false, true]);
  });

  it('know a create that meets an object being deleted', () => {
    const held = refusal(409, {
      reason: 'AlreadyExists',
      message: 'object is being deleted: roles "x" already exists',
    });
    expect(isBeingDeleted(held)).to.equal(true);
    expect(isBeingDeleted(refusal(409, { reason: 'AlreadyExists' }))).to.equal(false);
  });

  it('know a namespace that is terminating', () => {
    const error = refusal(403, { details: { causes: [{ reason: 'NamespaceTerminating' }] } });
    expect([isForbidden(error), isNamespaceTerminating(error)]).to.deep.equal([true, true]);
  });

  it('are false for anything else', () => {
    const others = [undefined, new Error('x'), new UnreachableError('ECONNRESET', 'GET', '/'), { status: 404 }];
    for (const other of others) expect(isNotFound(other) || isGone(other)).to.equal(false);
  });

  it('call failures retriable that time may cure', () => {
    expect([429, 500, 503, 504].every((status) => isRetriable(refusal(status)))).to.equal(true);
    expect([400, 403, 404, 409, 422].some((status) => isRetriable(refusal(status)))).to.equal(false);
    expect(isRetriable(new UnreachableError('ECONNRESET', 'GET', '/'))).to.equal(true);
  });
});

describe('A Retry-After header', () => {
  it('may be seconds or a date', () => {
    expect(parseRetryAfter('3', 0)).to.equal(3000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).to.equal(6000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 40_000)).to.equal(0);
  });

  it('that is absent or unreadable says nothing', () => {
    expect(parseRetryAfter(undefined, 0)).to.equal(undefined);
    expect(parseRetryAfter('soon', 0)).to.equal(undefined);
  });
});
