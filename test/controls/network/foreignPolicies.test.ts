import { expect } from 'chai';
import type { NetworkSpec } from '../../../src/api/types.ts';
import { foreignPolicies } from '../../../src/controls/network/foreignPolicies.ts';
import type { Inspection } from '../../../src/core/control/control.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { ViewParts } from '../fixtures.ts';
import { brief, network, OURS, policy, UNKNOWN, viewWith } from '../fixtures.ts';

function inspect(spec: NetworkSpec, objects: readonly KubeObject[], parts: ViewParts = {}): Inspection {
  const inspection = foreignPolicies.inspect?.(spec, viewWith({ ...parts, objects }));
  if (inspection === undefined) throw new Error('it does not inspect');
  return inspection;
}
const briefs = (inspection: Inspection) => inspection.findings.map(brief);
const egressTo = (...cidrs: readonly string[]) => ({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }],
});
const ALLOW_ALL_INGRESS = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] };
const OPENS = 'fail/critical ForeignPolicyOpensNamespace';
const REMOVE: Partial<NetworkSpec> = { foreignPolicies: 'Remove' };

describe('network.foreign-policies', () => {
  it('writes nothing, and says nothing where policies only allow a little', () => {
    expect(foreignPolicies.build(network({}), viewWith())).to.deep.equal({ wanted: [] });
    const little = policy('web', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] }],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    });
    expect(inspect(network({}), [little])).to.deep.equal({ findings: [], remove: [] });
  });

  it('THREATS 20: names a policy that undoes the deny by itself', () => {
    const { findings } = inspect(network({}), [
      policy('allow-all', ALLOW_ALL_INGRESS),
      policy('internet', egressTo('0.0.0.0/0')),
    ]);
    expect(findings.map(brief)).to.deep.equal([`${OPENS} NetworkPolicy allow-all`, `${OPENS} NetworkPolicy internet`]);
    expect(findings[0]?.message).to.equal(
      'NetworkPolicy allow-all undoes the default deny (Ingress): it allows all namespaces, or more than half of all IPv4 or IPv6 addresses.',
    );
    expect(findings.map(({ check }) => check)).to.deep.equal(['SB-NET-004', 'SB-NET-004']);
  });

  it('THREATS 20: names policies that undo the deny only together', () => {
    const halves = [policy('low', egressTo('0.0.0.0/1')), policy('high', egressTo('128.0.0.0/1'))];
    const inspection = inspect(network(REMOVE), [
      ...halves,
      policy('same', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }),
    ]);
    expect(briefs(inspection)).to.deep.equal([`${OPENS} Namespace payments`]);
    expect(inspection.findings[0]?.message).to.match(/\(Egress\): low, high\.$/);
    expect(inspection.remove, 'none of them does so alone').to.deep.equal([]);
  });

  it('judges only directions that are denied', () => {
    expect(briefs(inspect({ defaultDeny: ['Egress'] }, [policy('allow-all', ALLOW_ALL_INGRESS)]))).to.deep.equal([]);
  });

  it('THREATS 1: judges what has our prefix and our label like anything that the plan does not name', () => {
    const planted = policy('drawbridge-rule-planted', ALLOW_ALL_INGRESS, OURS);
    expect(briefs(inspect(network({}), [planted]))).to.deep.equal([`${OPENS} NetworkPolicy drawbridge-rule-planted`]);
  });

  it('leaves what the plan names to the engine', () => {
    const spec = network({
      allow: {
        dns: {},
        apiServer: {},
        sameNamespace: ['Ingress'],
        rules: [{ name: 'x', podSelector: { matchLabels: {} }, ingress: [] }],
      },
    });
    const ours = ['default-deny', 'allow-dns', 'allow-api-server', 'allow-same-namespace', 'rule-x'];
    expect(
      briefs(
        inspect(
          spec,
          ours.map((name) => policy(`drawbridge-${name}`, ALLOW_ALL_INGRESS)),
        ),
      ),
    ).to.deep.equal([]);
  });

  it('judges ours while an unknown fact leaves them as they are, and removes none of them', () => {
    const spec = network({ allow: { dns: {} }, ...REMOVE });
    const widened = policy('drawbridge-allow-dns', egressTo('0.0.0.0/0'), OURS);
    const inspection = inspect(spec, [widened], { facts: { dns: UNKNOWN } });
    expect(briefs(inspection)).to.deep.equal([`${OPENS} NetworkPolicy drawbridge-allow-dns`]);
    expect(inspection.remove).to.deep.equal([]);
  });

  it('judges what has the name of a rule that was left out', () => {
    const peers = Array.from({ length: 32 }, (_, i) => ({
      podSelector: { matchLabels: { [`k${i}`]: 'v'.repeat(63) } },
    }));
    const ingress = Array.from({ length: 32 }, () => ({ from: peers, ports: [] }));
    const spec = network({ allow: { rules: [{ name: 'huge', podSelector: { matchLabels: {} }, ingress }] } });
    expect(briefs(inspect(spec, [policy('drawbridge-rule-huge', ALLOW_ALL_INGRESS)]))).to.deep.equal([
      `${OPENS} NetworkPolicy drawbridge-rule-huge`,
      'fail/medium ReservedNameInUse NetworkPolicy drawbridge-rule-huge',
    ]);
  });

  it('finds the reserved prefix without our label', () => {
    const inspection = inspect(network({}), [policy('drawbridge-mine', { podSelector: {}, policyTypes: ['Ingress'] })]);
    expect(briefs(inspection)).to.deep.equal(['fail/medium ReservedNameInUse NetworkPolicy drawbridge-mine']);
  });

  it('lists at most 20 of the reserved names in use', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      policy(`drawbridge-${i}`, { podSelector: {}, policyTypes: ['Ingress'] }),
    );
    expect(inspect(network({}), many).findings).to.have.lengthOf(20);
  });

  it('removes only by opt-in, only what opens by itself, and not what is going', () => {
    const opens = policy('allow-all', ALLOW_ALL_INGRESS);
    const going = policy('going', ALLOW_ALL_INGRESS, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const fine = policy('fine', egressTo('10.0.0.0/8'));
    expect(inspect(network({}), [opens, going, fine]).remove).to.deep.equal([]);
    expect(inspect(network(REMOVE), [opens, going, fine]).remove).to.deep.equal([
      { kind: 'NetworkPolicy', name: 'allow-all' },
    ]);
  });

  it('never removes a policy of the platform', () => {
    const { metadata, ...rest } = policy('allow-all', ALLOW_ALL_INGRESS);
    const system = { ...rest, metadata: { ...metadata, namespace: 'kube-system' } } as KubeObject;
    const inspection = inspect(network(REMOVE), [system], { namespace: 'kube-system' });
    expect(briefs(inspection)).to.deep.equal([`${OPENS} NetworkPolicy allow-all`]);
    expect(inspection.remove).to.deep.equal([]);
  });

  it('finds a way to what is blocked, however small', () => {
    const spec = network({ blockedCidrs: ['169.254.169.254/32'] });
    const inspection = inspect(spec, [
      policy('metadata', egressTo('169.254.0.0/16')),
      policy('fine', egressTo('10.0.0.0/8')),
    ]);
    expect(briefs(inspection)).to.deep.equal(['fail/high ForeignPolicyReachesBlockedCidr NetworkPolicy metadata']);
    const anywhere = { podSelector: {}, policyTypes: ['Egress'], egress: [{}] };
    expect(briefs(inspect(spec, [policy('all', anywhere)]))).to.deep.equal([
      `${OPENS} NetworkPolicy all`,
      'fail/high ForeignPolicyReachesBlockedCidr NetworkPolicy all',
    ]);
  });

  it('THREATS 6: says unknown of a policy that is too large, and of more than 500', () => {
    const large = policy('large', {
      podSelector: {},
      ingress: [{ from: [{ podSelector: {} }] }],
      x: 'y'.repeat(300_000),
    });
    expect(briefs(inspect(network({}), [large]))).to.deep.equal(['unknown/high TooLargeToJudge NetworkPolicy large']);
    const many = Array.from({ length: 501 }, (_, i) => policy(`p${i}`, egressTo('10.0.0.0/8')));
    const inspection = inspect(network(REMOVE), [policy('allow-all', ALLOW_ALL_INGRESS), ...many]);
    expect(briefs(inspection)).to.deep.equal([
      `${OPENS} NetworkPolicy allow-all`,
      'unknown/high TooLargeToJudge Namespace payments',
    ]);
    expect(inspection.remove).to.deep.equal([{ kind: 'NetworkPolicy', name: 'allow-all' }]);
  });

  it('THREATS 6: says unknown of ours that grew too large for anything but reporting', () => {
    const spec = network({ allow: { dns: {} } });
    const huge = policy('drawbridge-allow-dns', { ...egressTo('10.0.0.0/8'), x: 'y'.repeat(70_000) }, OURS);
    expect(briefs(inspect(spec, [huge], { facts: { dns: UNKNOWN } }))).to.deep.equal([
      'unknown/high TooLargeToJudge NetworkPolicy drawbridge-allow-dns',
    ]);
  });

  it('THREATS 6: finds and removes what opens alone behind a flood of policies that are harmless', () => {
    const flood = Array.from({ length: 600 }, (_, i) => policy(`harmless-${i}`, egressTo(`10.0.${i % 256}.0/24`)));
    const inspection = inspect(network(REMOVE), [...flood, policy('evil', ALLOW_ALL_INGRESS)]);
    expect(briefs(inspection)).to.deep.equal([
      `${OPENS} NetworkPolicy evil`,
      'unknown/high TooLargeToJudge Namespace payments',
    ]);
    expect(inspection.remove).to.deep.equal([{ kind: 'NetworkPolicy', name: 'evil' }]);
  });

  it('THREATS 6: goes over so many blocks of addresses in one look and no more, whatever names the policies have', () => {
    const blocks = (i: number) => Array.from({ length: 500 }, (_, k) => `10.${i}.${k % 250}.${k < 250 ? 1 : 3}/32`);
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => policy(`${prefix}${i}`, egressTo(...blocks(i))));
    expect(briefs(inspect(network({}), many('few-', 16)))).to.deep.equal([]);
    const { findings } = inspect(network({}), [...many('a-', 10), ...many('drawbridge-', 10)]);
    expect(findings[0]?.message).to.contain('has 20 NetworkPolicies of others; only 16 were judged');
  });

  it('THREATS 20: says unknown where another policy API is served, and where nobody can say whether one is', () => {
    const served = { otherPolicyApis: { known: true as const, value: ['cilium.io'] } };
    expect(briefs(inspect(network({}), [], { facts: served }))).to.deep.equal([
      'unknown/medium OtherPolicyApi Namespace payments',
    ]);
    const unsaid = inspect(network({}), [], { facts: { otherPolicyApis: UNKNOWN } });
    expect(briefs(unsaid)).to.deep.equal(['unknown/medium OtherPolicyApi Namespace payments']);
    expect(unsaid.findings[0]?.message).to.contain('is not known: nobody said');
  });

  it('escapes names of others and cuts them', () => {
    const { findings } = inspect(network({}), [policy(`${'n'.repeat(100)}`, ALLOW_ALL_INGRESS)]);
    expect(findings[0]?.message).to.include(`${'n'.repeat(63)}…`);
  });
});
