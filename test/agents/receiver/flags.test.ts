import { expect } from 'chai';
import { parseReceiverFlags, RECEIVER_FLAGS, receiverOptionsOf } from '../../../src/agents/receiver/flags.ts';
import { checkOptions, DEFAULT_LIMITS } from '../../../src/agents/receiver/options.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { createLogger } from '../../../src/operator/logger.ts';

const bare = { version: 'test', logger: createLogger('error'), clock: systemClock };
const optionsOf = (...args: string[]) => receiverOptionsOf(parseReceiverFlags(args), bare);

describe('the flags of the audit receiver', () => {
  it('have the ports of the operator beside their own, and evidence on loopback, unless something else is given', () => {
    const { logger: _, clock: __, ...options } = optionsOf();
    expect(options).to.deep.equal({
      bindAddress: ':8443',
      path: '/audit',
      certFile: undefined,
      keyFile: undefined,
      clientCaFile: undefined,
      clientNames: [],
      tokenFile: undefined,
      auditLogs: [],
      stateDir: undefined,
      evidenceBindAddress: '127.0.0.1:8444',
      metricsBindAddress: ':8080',
      healthBindAddress: ':8081',
      limits: DEFAULT_LIMITS,
      version: 'test',
    });
  });

  it('alone do not start a receiver that anybody may write to', () => {
    expect(() => checkOptions(optionsOf())).to.throw('give --tls-cert-file and --tls-private-key-file');
  });

  it('are all taken over', () => {
    const given: Record<string, string[]> = {};
    for (const { name } of RECEIVER_FLAGS) given[name] = [`--${name}=/a-value-of-${name}`];
    const text = JSON.stringify({ ...optionsOf(...Object.values(given).flat()), logger: 0, clock: 0 });
    // The level is for the logger, which the process brings.
    for (const { name } of RECEIVER_FLAGS) if (name !== 'log-level') expect(text).to.contain(`/a-value-of-${name}"`);
  });

  it('that may be repeated are', () => {
    const { clientNames, auditLogs } = optionsOf(
      '--client-name=a',
      '--client-name=b',
      '--audit-log=/1',
      '--audit-log=/2',
    );
    expect({ clientNames, auditLogs }).to.deep.equal({ clientNames: ['a', 'b'], auditLogs: ['/1', '/2'] });
  });

  it('that are unknown are refused', () => {
    expect(() => optionsOf('--token=secret')).to.throw("Unknown option '--token'");
  });

  for (const [address, isPlain] of [
    ['127.0.0.1:8444', true],
    ['[::1]:8444', true],
    ['localhost:8444', true],
    [':8444', false],
    ['10.0.0.1:8444', false],
    ['127.0.0.1.example.com:8444', false],
  ] as const) {
    it(`${isPlain ? 'serve' : 'do not serve'} evidence plainly on ${address}`, () => {
      const safe = ['--tls-cert-file=c', '--tls-private-key-file=k', '--token-file=t'];
      const addresses = checkOptions(optionsOf(...safe, `--evidence-bind-address=${address}`));
      expect(addresses.isEvidencePlain).to.equal(isPlain);
    });
  }
});
