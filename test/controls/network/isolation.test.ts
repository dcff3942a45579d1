import { expect } from 'chai';
import type { NetworkSpec } from '../../../src/api/types.ts';
import { isolation } from '../../../src/controls/network/isolation.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { ViewParts } from '../fixtures.ts';
import { brief, network, policy, viewWith } from '../fixtures.ts';
import { called, closedOnce } from './callbackFixtures.ts';
import { ON_HOST, ownedBy, pod, workload } from './podFixtures.ts';

const WITH_DNS = network({ allow: { dns: {} } });
const ON_TRIAL = { claim: { acts: false } };

const found = (spec: NetworkSpec, objects: readonly KubeObject[], parts: ViewParts = {}): readonly Finding[] =>
  isolation.inspect?.(spec, viewWith({ objects, held: closedOnce('Ingress', 'Egress'), ...parts })).findings ?? [];
const told = (...args: Parameters<typeof found>): readonly string[] => found(...args).map(brief);
const select = (matchLabels: object, directions: readonly string[]) => ({
  podSelector: { matchLabels },
  policyTypes: directions,
});

const WEB = { app: 'web' };
const both = ['Ingress', 'Egress'];

describe('network.isolation', () => {
  it('says nothing of a namespace in which nothing runs, and of none while it is not known what runs', () => {
    expect(told(network({}), [policy('theirs', select(WEB, both))], ON_TRIAL)).to.deep.equal([]);
    expect(told(network({}), [pod('web', WEB)], { unknown: ['Pod'] })).to.deep.equal([]);
  });

  describe('SB-NET-004: a pod that no policy isolates', () => {
    it('is found by direction on trial, by what stands', () => {
      const objects = [
        pod('web-1', WEB, {}, ownedBy('StatefulSet', 'web')),
        pod('web-2', WEB, {}, ownedBy('StatefulSet', 'web')),
        pod('api-abc', { app: 'api', 'pod-template-hash': '5f' }, {}, ownedBy('ReplicaSet', 'api-5f')),
        policy('for-web', select(WEB, ['Ingress'])),
        policy('for-api', { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }] } }),
      ];
      const [finding, ...more] = found(WITH_DNS, objects, ON_TRIAL);
      expect(more).to.deep.equal([]);
      expect(finding).to.deep.include({ check: 'SB-NET-004', result: 'fail', reason: 'PodNotIsolated' });
      expect(finding?.message).to.equal(
        'No NetworkPolicy isolates these pods: for Egress Deployment api, StatefulSet web.',
      );
      const half = { ...WITH_DNS, blockedCidrs: ['169.254.169.254/32'] };
      expect(found(half, objects, ON_TRIAL)[0]?.message).to.match(/web\. They reach blockedCidrs\.$/);
      expect(told({ defaultDeny: ['Ingress'] }, objects, ON_TRIAL)).to.deep.equal([]);
    });

    it('is none where the deny is written, but one where preflight holds it up', () => {
      expect(told(WITH_DNS, [pod('web', WEB)])).to.deep.equal([]);
      const held = { held: [], facts: { callbacks: called() } };
      expect(found(WITH_DNS, [pod('web', WEB)], held)[0]?.message).to.equal(
        'No NetworkPolicy isolates these pods: for Ingress Pod web.',
      );
    });

    it('is not claimed while a selector is too large to keep', () => {
      const many = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`label-${i}.example.org/name`, 'x'.repeat(60)]),
      );
      expect(told(WITH_DNS, [pod('web', WEB), policy('large', select(many, both))], ON_TRIAL)).to.deep.equal([]);
    });

    it('THREATS 6: is not looked for among more policies and pods than a look has time for, and that is told', () => {
      const pods = Array.from({ length: 260 }, (_, i) => pod(`p${i}`, { app: `p${i}` }));
      const policies = Array.from({ length: 200 }, (_, i) => policy(`n${i}`, select({ app: `n${i}` }, both)));
      const unknown = 'unknown/medium TooLargeToJudge Namespace payments';
      const about = (objects: readonly KubeObject[], parts: ViewParts = ON_TRIAL) =>
        told(WITH_DNS, objects, parts).filter((line) => !line.includes('PolicyBindsNothing'));
      expect(about([...pods, ...policies])).to.deep.equal([unknown]);
      expect(about([...pods.slice(0, 200), ...policies])).to.deep.equal([
        'fail/high PodNotIsolated Namespace payments',
      ]);
      expect(about([...pods, ...policies], {}), 'the deny is written').to.deep.equal([]);
    });

    it('are named by five workloads at most, with what others chose cut and escaped', () => {
      const pods = Array.from({ length: 7 }, (_, i) => pod(`p${i}`, { n: `${i}` }));
      expect(found(WITH_DNS, pods, ON_TRIAL)[0]?.message).to.contain(
        'Pod p0, Pod p1, Pod p2, Pod p3, Pod p4 and 2 more',
      );
    });
  });

  it('SB-NET-007: finds pods on the network of their node, which no policy can bind', () => {
    const objects = [pod('agent', WEB, ON_HOST)];
    expect(told(network({}), objects)).to.deep.equal(['warn/medium PodOnHostNetwork Namespace payments']);
    expect(found(network({ blockedCidrs: ['10.0.0.0/8'] }), objects)[0]?.message).to.contain('reach blockedCidrs');
  });

  describe('SB-NET-007: a policy that binds nothing', () => {
    it('selects no pod and no template, or only pods on the network of their node', () => {
      const objects = [
        pod('web', WEB),
        pod('agent', { app: 'agent' }, ON_HOST),
        workload('CronJob', 'report', {}),
        workload('Deployment', 'off', { app: 'off' }),
        policy('right', select(WEB, both)),
        policy('for-all', select({}, both)),
        policy('scaled-down', select({ app: 'off' }, both)),
        policy('typo', select({ app: 'wbe' }, both)),
        policy('agent', select({ app: 'agent' }, both)),
      ];
      const findings = found(WITH_DNS, objects).filter(({ reason }) => reason === 'PolicyBindsNothing');
      expect(findings.map(({ ref, check, severity }) => `${ref.name} ${check} ${severity}`)).to.deep.equal([
        'typo SB-NET-007 low',
        'agent SB-NET-007 low',
      ]);
      expect(findings[1]?.message).to.contain('only pods on the network of their node');
    });

    it('is none of the baseline’s own, which are for many namespaces', () => {
      const rules = [{ name: 'db', podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from: [], ports: [] }] }];
      const own = policy('drawbridge-rule-db', select({ app: 'db' }, ['Ingress']));
      expect(told(network({ allow: { dns: {}, rules } }), [pod('web', WEB), own])).to.deep.equal([]);
    });

    it('is told of twenty at most', () => {
      const many = Array.from({ length: 50 }, (_, i) => policy(`p${i}`, select({ n: `${i}` }, both)));
      expect(told(WITH_DNS, [pod('web', WEB), ...many])).to.have.lengthOf(20);
    });
  });

  it('SB-NET-002: finds egress that is denied without a way to DNS, for pods that it concerns', () => {
    const dnsFinding = ['warn/medium EgressWithoutDns Namespace payments'];
    const egress = (ports: readonly object[]) => [{ to: [{ namespaceSelector: { matchLabels: {} } }], ports }];
    const viaRule = (ports: readonly object[]) =>
      network({
        allow: { rules: [{ name: 'out', podSelector: { matchLabels: { x: 'y' } }, egress: egress(ports) } as never] },
      });
    const web = [pod('web', WEB)];
    expect(told(network({}), web)).to.deep.equal(dnsFinding);
    expect(told(viaRule([{ port: 443 }]), web)).to.deep.equal(dnsFinding);
    expect(told(viaRule([{ port: 50, endPort: 60, protocol: 'UDP' }]), web)).to.deep.equal([]);
    expect(told(viaRule([]), web)).to.deep.equal([]);
    expect(told(WITH_DNS, web)).to.deep.equal([]);
    expect(told({ defaultDeny: ['Ingress'] }, web)).to.deep.equal([]);
    const theirs = (ports: readonly object[]) =>
      policy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: egress(ports) });
    expect(told(network({}), [...web, theirs([{ port: 53, protocol: 'UDP' }])])).to.deep.equal([]);
    expect(told(network({}), [...web, theirs([{ port: 5353 }])])).to.deep.equal(dnsFinding);
  });

  it('SB-NET-004: finds rules of the baseline that open pods which are here to everybody', () => {
    const rule = (name: string, more: object) => ({ name, podSelector: { matchLabels: WEB }, ...more });
    const cidr = { ipBlock: { cidr: '0.0.0.0/0' } };
    const rules = [
      rule('all', { ingress: [{ from: [], ports: [] }] }),
      rule('internet', { egress: [{ to: [cidr], ports: [{ port: 443 }] }] }),
      rule('namespaces', { ingress: [{ from: [{ namespaceSelector: { matchLabels: {} } }], ports: [{ port: 80 }] }] }),
      rule('narrow', { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [] }] }),
    ];
    const spec = network({ allow: { dns: {}, rules: rules as never } });
    expect(told(spec, [pod('web', WEB)])).to.deep.equal([
      'warn/medium RuleOpensToEverybody NetworkPolicy drawbridge-rule-all',
      'warn/low RuleOpensToEverybody NetworkPolicy drawbridge-rule-internet',
      'warn/low RuleOpensToEverybody NetworkPolicy drawbridge-rule-namespaces',
    ]);
    expect(told(spec, [pod('api', { app: 'api' })]), 'nobody here').to.deep.equal([]);
    expect(told({ ...spec, defaultDeny: ['Egress'] }, [pod('web', WEB)])).to.have.lengthOf(1);
  });
});
