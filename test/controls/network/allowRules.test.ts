import { expect } from 'chai';
import type { AllowRule } from '../../../src/api/types.ts';
import { allowRules } from '../../../src/controls/network/allowRules.ts';
import { brief, names, network, onlySpec, viewWith } from '../fixtures.ts';

const build = (rules: readonly AllowRule[], blockedCidrs?: readonly string[]) =>
  allowRules.build(network({ allow: { rules }, ...(blockedCidrs ? { blockedCidrs } : {}) }), viewWith());

const METADATA = '169.254.169.254/32';

describe('network.allow-rules', () => {
  it('writes each rule as it is, with the defaults of the API server', () => {
    const built = build([
      {
        name: 'from-ingress',
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } },
                podSelector: { matchLabels: {} },
              },
            ],
            ports: [{ port: 8080 }, { protocol: 'UDP', port: 1000, endPort: 2000 }, { protocol: 'SCTP' }],
          },
        ],
      },
    ]);
    expect(built).to.deep.equal({
      wanted: [
        {
          kind: 'NetworkPolicy',
          name: 'drawbridge-rule-from-ingress',
          body: {
            spec: {
              podSelector: { matchLabels: { app: 'web' } },
              policyTypes: ['Ingress'],
              ingress: [
                {
                  from: [
                    {
                      podSelector: {},
                      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } },
                    },
                  ],
                  ports: [
                    { protocol: 'TCP', port: 8080 },
                    { protocol: 'UDP', port: 1000, endPort: 2000 },
                    { protocol: 'SCTP' },
                  ],
                },
              ],
            },
          },
        },
      ],
      findings: [],
    });
  });

  it('takes written-out empty lists for all, as the API does', () => {
    const built = build([
      {
        name: 'all',
        podSelector: { matchLabels: {} },
        ingress: [{ from: [], ports: [] }],
        egress: [{ to: [], ports: [] }],
      },
    ]);
    expect(onlySpec(built)).to.deep.equal({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [{}],
    });
  });

  it('denies what it has an empty list of rules for', () => {
    const built = build([{ name: 'none', podSelector: { matchLabels: { app: 'vault' } }, ingress: [], egress: [] }]);
    expect(onlySpec(built)).to.deep.equal({
      podSelector: { matchLabels: { app: 'vault' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('has no say in a direction that is not denied: it would close it', () => {
    const rule = (name: string, directions: Partial<AllowRule>) => ({
      name,
      podSelector: { matchLabels: {} },
      ...directions,
    });
    const letIn = { ingress: [{ from: [], ports: [] }] };
    const rules = [rule('both', { ...letIn, egress: [] }), rule('other', { egress: [{ to: [], ports: [] }] })];
    const built = allowRules.build(network({ defaultDeny: ['Ingress'], allow: { rules } }), viewWith());
    expect(onlySpec(built)).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
  });

  it('THREATS 7: carves blocked CIDRs out of every ipBlock of both directions', () => {
    const everyone = [{ ipBlock: { cidr: '0.0.0.0/0' } }];
    const built = build(
      [
        {
          name: 'internet',
          podSelector: { matchLabels: {} },
          ingress: [{ from: everyone, ports: [] }],
          egress: [{ to: everyone, ports: [] }],
        },
      ],
      [METADATA],
    );
    const carved = [{ ipBlock: { cidr: '0.0.0.0/0', except: [METADATA] } }];
    expect(onlySpec(built)).to.deep.include({ ingress: [{ from: carved }], egress: [{ to: carved }] });
    expect(built.findings).to.deep.equal([]);
  });

  it('THREATS 7: leaves a rule out that lost its last peer, and denies when no rule is left', () => {
    const inside = { ipBlock: { cidr: METADATA } };
    const built = build(
      [
        {
          name: 'metadata',
          podSelector: { matchLabels: {} },
          egress: [
            { to: [inside], ports: [{ port: 80 }] },
            { to: [inside, { podSelector: { matchLabels: {} } }], ports: [] },
          ],
        },
        { name: 'only', podSelector: { matchLabels: {} }, egress: [{ to: [inside], ports: [{ port: 80 }] }] },
      ],
      ['169.254.0.0/16'],
    );
    expect(built.wanted.map(({ body }) => body.spec)).to.deep.equal([
      { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] },
      { podSelector: {}, policyTypes: ['Egress'] },
    ]);
    expect(built.findings?.map(brief)).to.deep.equal([
      'warn/low BlockedPeerLeftOut NetworkPolicy drawbridge-rule-metadata',
      'warn/low BlockedPeerLeftOut NetworkPolicy drawbridge-rule-only',
    ]);
  });

  it('THREATS 7: writes anywhere out, so that what is blocked can be left out of it', () => {
    const built = build(
      [
        {
          name: 'out',
          podSelector: { matchLabels: {} },
          egress: [{ to: [], ports: [{ port: 443 }] }],
          ingress: [{ from: [], ports: [] }],
        },
      ],
      [METADATA, 'fd00:ec2::254/128'],
    );
    expect(onlySpec(built)).to.deep.equal({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [
        {
          to: [
            { namespaceSelector: {} },
            { ipBlock: { cidr: '0.0.0.0/0', except: [METADATA] } },
            { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
          ],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ],
    });
  });

  it('leaves out a peer that says nothing, which the API server would refuse with the whole policy', () => {
    const built = build([{ name: 'typo', podSelector: { matchLabels: {} }, ingress: [{ from: [{}], ports: [] }] }]);
    expect(onlySpec(built)).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(built.findings).to.have.lengthOf(1);
  });

  it('leaves out a policy too large to be compared, with a finding', () => {
    const peers = Array.from({ length: 32 }, (_, i) => ({
      podSelector: { matchLabels: { [`k${i}`]: 'v'.repeat(63) } },
    }));
    const ingress = Array.from({ length: 32 }, () => ({ from: peers, ports: [] }));
    const built = build([
      { name: 'huge', podSelector: { matchLabels: {} }, ingress },
      { name: 'fine', podSelector: { matchLabels: {} }, ingress: ingress.slice(0, 16) },
    ]);
    expect(names(built.wanted)).to.deep.equal(['drawbridge-rule-fine']);
    expect(built.findings?.map(brief)).to.deep.equal(['fail/medium ObjectTooLarge NetworkPolicy drawbridge-rule-huge']);
  });

  it('writes selectors as they are, without their empty parts', () => {
    const podSelector = {
      matchLabels: {},
      matchExpressions: [
        { key: 'app', operator: 'In' as const, values: ['a', 'b'] },
        { key: 'team', operator: 'Exists' as const, values: [] },
      ],
    };
    expect(onlySpec(build([{ name: 'x', podSelector, ingress: [] }]))).to.deep.equal({
      podSelector: {
        matchExpressions: [
          { key: 'app', operator: 'In', values: ['a', 'b'] },
          { key: 'team', operator: 'Exists' },
        ],
      },
      policyTypes: ['Ingress'],
    });
  });

  it('keeps long rule names apart', () => {
    const long = (end: string): AllowRule => ({
      name: `${'x'.repeat(62)}${end}`,
      podSelector: { matchLabels: {} },
      ingress: [],
    });
    const [a = '', b = ''] = names(build([long('a'), long('b')]).wanted);
    expect(a)
      .to.have.lengthOf(63)
      .and.to.match(/^drawbridge-rule-x+-[0-9a-f]{16}$/);
    expect(a).to.not.equal(b);
  });
});
