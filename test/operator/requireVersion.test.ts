import { expect } from 'chai';
import type { ServerVersion } from '../../src/kube/discovery.ts';
import type { Logger } from '../../src/operator/logger.ts';
import { requireVersion } from '../../src/operator/requireVersion.ts';

const warnings: string[] = [];
const logger: Logger = {
  error: () => {},
  warn: (message) => void warnings.push(message),
  info: () => {},
  debug: () => {},
};
const version = (minor: number, major = 1): ServerVersion => ({ major, minor, gitVersion: `v${major}.${minor}.0` });
const check = (ask: () => Promise<ServerVersion>, signal = new AbortController().signal): Promise<unknown> =>
  requireVersion(ask, logger, signal).catch((error: Error) => error.message);

describe('THREATS 26: the version of the API server', () => {
  it('is refused below 1.31, with what is needed', async () => {
    expect(await check(async () => version(30))).to.equal(
      'the API server is v1.30.0; Drawbridge needs Kubernetes 1.31 or newer',
    );
  });

  it('is taken from 1.31 on', async () => {
    expect(await check(async () => version(31))).to.equal(undefined);
    expect(await check(async () => version(0, 2))).to.equal(undefined);
  });

  it('is asked for again when there is no answer', async () => {
    const answers = [() => Promise.reject(new Error('ECONNREFUSED')), async () => version(36)];
    expect(await check(() => (answers.shift() ?? answers[0] ?? (async () => version(36)))())).to.equal(undefined);
    expect(warnings).to.deep.equal(['the API server does not answer']);
  });

  it('is waited for no longer when the operator stops', async () => {
    const stop = new AbortController();
    const ask = (): Promise<ServerVersion> => {
      stop.abort();
      return Promise.reject(new Error('ECONNREFUSED'));
    };
    expect(await check(ask, stop.signal)).to.equal(undefined);
  });
});
