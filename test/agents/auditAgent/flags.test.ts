import { expect } from 'chai';
import { AUDIT_AGENT_FLAGS, auditAgentOptionsOf, parseAuditAgentFlags } from '../../../src/agents/auditAgent/flags.ts';
import { checkOptions, DEFAULT_LIMITS } from '../../../src/agents/auditAgent/options.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { createLogger } from '../../../src/operator/logger.ts';

const bare = { version: 'test', logger: createLogger('error'), clock: systemClock, env: { NODE_NAME: 'node-of-env' } };
const optionsOf = (...args: string[]) => auditAgentOptionsOf(parseAuditAgentFlags(args), bare);

describe('The flags of the audit agent', () => {
  it('fit a node of kubeadm unless something else is given', () => {
    const { logger: _, clock: __, ...options } = optionsOf();
    expect(options).to.deep.equal({
      node: 'node-of-env',
      policyFile: '/etc/kubernetes/audit/policy.yaml',
      manifestFile: '/etc/kubernetes/manifests/kube-apiserver.yaml',
      localServer: 'https://127.0.0.1:6443',
      localServerName: 'kubernetes.default.svc',
      kubeconfig: undefined,
      ownNamespace: 'drawbridge-audit-agent',
      operatorNamespace: 'drawbridge-system',
      readyMs: 180_000,
      metricsBindAddress: '127.0.0.1:8085',
      healthBindAddress: '127.0.0.1:8086',
      limits: DEFAULT_LIMITS,
      version: 'test',
    });
    expect(() => checkOptions(optionsOf())).to.not.throw();
  });

  it('are all taken over', () => {
    const given = AUDIT_AGENT_FLAGS.map(({ name }) =>
      name === 'ready-within' ? `--${name}=77s` : `--${name}=/a-value-of-${name}`,
    );
    const text = JSON.stringify({ ...optionsOf(...given), logger: 0, clock: 0 });
    for (const { name } of AUDIT_AGENT_FLAGS) {
      // The level is for the logger, which the process brings.
      if (name !== 'log-level') expect(text).to.contain(name === 'ready-within' ? '77000' : `/a-value-of-${name}"`);
    }
  });

  it('that are unknown are refused', () => {
    expect(() => optionsOf('--force')).to.throw("Unknown option '--force'");
  });

  const refused: Readonly<Record<string, readonly [string, string]>> = {
    'without a node': ['--node=', 'give --node'],
    'with half a path': ['--policy-file=policy.yaml', 'write a whole path'],
    'with a path that climbs': ['--manifest=/etc/kubernetes/../x.yaml', 'write a whole path'],
    'with a policy that kubelet would run': [
      '--policy-file=/etc/kubernetes/manifests/policy.yaml',
      'move it elsewhere',
    ],
    'in the clear': ['--local-server=http://127.0.0.1:8080', 'write https://'],
    'with a time in which no server starts': ['--ready-within=10ms', 'write "3m"'],
  };
  for (const [what, [flag, says]] of Object.entries(refused)) {
    it(`do not start an agent ${what}`, () => {
      const options = auditAgentOptionsOf(parseAuditAgentFlags([flag]), {
        ...bare,
        env: flag === '--node=' ? {} : bare.env,
      });
      expect(() => checkOptions(options)).to.throw(says);
    });
  }
});
