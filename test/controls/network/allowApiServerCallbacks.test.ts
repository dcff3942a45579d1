import { expect } from 'chai';
import { allowApiServerCallbacks } from '../../../src/controls/network/allowApiServerCallbacks.ts';
import type { Callback } from '../../../src/core/facts/facts.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { ViewParts } from '../fixtures.ts';
import { brief, network, OURS, policy, UNKNOWN, viewWith } from '../fixtures.ts';
import { called, closedOnce, hooks } from './callbackFixtures.ts';

const CIDRS = { apiServerCallbacks: { cidrs: ['192.0.2.0/24', '2001:db8::/64'] } };
const CLOSED = closedOnce('Ingress', 'Egress');

const build = (
  allow: Parameters<typeof network>[0]['allow'],
  objects: readonly KubeObject[] = [hooks()],
  callbacks: readonly Partial<Callback>[] = [],
  parts: ViewParts = {},
) =>
  allowApiServerCallbacks.build(
    network({ ...(allow === undefined ? {} : { allow }) }),
    viewWith({ objects, held: CLOSED, ...parts, facts: { callbacks: called(...callbacks), ...parts.facts } }),
  );

describe('network.allow-api-server-callbacks', () => {
  it('lets the given addresses in to the pods that answer, on the port on which they do, and to no other', () => {
    expect(build(CIDRS)).to.deep.equal({
      wanted: [
        {
          kind: 'NetworkPolicy',
          name: 'drawbridge-callback-hooks',
          body: {
            spec: {
              podSelector: { matchLabels: { app: 'hooks' } },
              policyTypes: ['Ingress'],
              ingress: [
                {
                  from: [{ ipBlock: { cidr: '192.0.2.0/24' } }, { ipBlock: { cidr: '2001:db8::/64' } }],
                  ports: [{ protocol: 'TCP', port: 8443 }],
                },
              ],
            },
          },
        },
      ],
      kept: [],
      findings: [],
    });
  });

  it('keeps a targetPort by name a name, and takes the port itself where there is none', () => {
    const portsOf = (ports: readonly object[], callbacks?: readonly Partial<Callback>[]) =>
      build(CIDRS, [hooks({ ports })], callbacks).wanted.flatMap(({ body }) =>
        (body.spec as { ingress: readonly { ports: unknown }[] }).ingress.map((rule) => rule.ports),
      );
    expect(portsOf([{ port: 443, targetPort: 'webhook' }])).to.deep.equal([[{ protocol: 'TCP', port: 'webhook' }]]);
    expect(portsOf([{ port: 443 }])).to.deep.equal([[{ protocol: 'TCP', port: 443 }]]);
    const two = [
      { name: 'a', port: 443, targetPort: 8443 },
      { name: 'b', port: 444, targetPort: 9443 },
      { name: 'metrics', port: 9090 },
    ];
    expect(portsOf(two, [{}, { port: 444 }]), 'only the ports that are called').to.deep.equal([
      [
        { protocol: 'TCP', port: 8443 },
        { protocol: 'TCP', port: 9443 },
      ],
    ]);
  });

  it('takes discovered addresses where none are given, each by itself, and warns that they prove nothing', () => {
    const { wanted, findings = [] } = build({ apiServerCallbacks: {} });
    expect(wanted[0])
      .to.have.nested.property('body.spec.ingress[0].from')
      .that.deep.equals(['10.96.0.1/32', '192.168.0.10/32', 'fd00::1/128'].map((cidr) => ({ ipBlock: { cidr } })));
    expect(findings.map(brief)).to.deep.equal(['warn/medium CallbackSourceUnproved Service hooks']);
  });

  it('THREATS 7: never lets everybody in because the last address was blocked', () => {
    const spec = network({ allow: CIDRS, blockedCidrs: ['0.0.0.0/1', '128.0.0.0/1', '::/1'] });
    const { wanted, findings = [] } = allowApiServerCallbacks.build(
      spec,
      viewWith({ objects: [hooks()], held: CLOSED, facts: { callbacks: called() } }),
    );
    expect(wanted).to.deep.equal([]);
    expect(findings.map(brief)).to.deep.equal(['warn/low BlockedPeerLeftOut Namespace payments']);
  });

  it('leaves what stands, and makes none, while it is not known who answers or from where', () => {
    const live = policy('drawbridge-callback-hooks', {}, OURS);
    const kept = [{ kind: 'NetworkPolicy', name: 'drawbridge-callback-hooks' }];
    expect(build(CIDRS, [live])).to.deep.include({ wanted: [], kept });
    expect(build(CIDRS, [live, hooks()], [], { facts: { callbacks: UNKNOWN } })).to.deep.include({ wanted: [], kept });
    const unknown = build({ apiServerCallbacks: {} }, [live, hooks()], [], { facts: { apiServer: UNKNOWN } });
    expect(unknown).to.deep.include({ wanted: [], kept });
    expect((unknown.findings ?? []).map(brief)).to.deep.equal(['unknown/medium ApiServerUnknown Namespace payments']);
    expect(build(CIDRS, [hooks()], [{ service: 'other' }]).kept, 'nothing is created').to.deep.equal([]);
  });

  it('writes nothing where it is not asked for, nothing is called, or ingress is open', () => {
    expect(build(undefined).wanted).to.deep.equal([]);
    expect(build(CIDRS, [hooks()], [], { namespace: 'elsewhere' }).wanted).to.deep.equal([]);
    const open = { defaultDeny: ['Egress' as const], allow: CIDRS };
    const view = viewWith({ objects: [hooks()], facts: { callbacks: called() } });
    expect(allowApiServerCallbacks.build(open, view).wanted).to.deep.equal([]);
  });
});
