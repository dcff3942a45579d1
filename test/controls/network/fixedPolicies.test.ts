import { expect } from 'chai';
import { allowSameNamespace } from '../../../src/controls/network/allowSameNamespace.ts';
import { defaultDeny } from '../../../src/controls/network/defaultDeny.ts';
import { network, onlySpec, viewWith } from '../fixtures.ts';

describe('network.default-deny', () => {
  it('selects every pod and allows nothing in the declared directions', () => {
    expect(defaultDeny.build(network({}), viewWith()).wanted).to.deep.equal([
      {
        kind: 'NetworkPolicy',
        name: 'drawbridge-default-deny',
        body: { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
      },
    ]);
    expect(onlySpec(defaultDeny.build({ defaultDeny: ['Egress'] }, viewWith()))).to.deep.equal({
      podSelector: {},
      policyTypes: ['Egress'],
    });
  });

  it('is written after what is allowed, so that nothing that may go on is cut', () => {
    expect(defaultDeny.stage).to.equal('guard');
    expect(allowSameNamespace.stage).to.equal('allow');
  });

  it('is one object for all namespaces of a baseline', () => {
    const spec = network({});
    const [one, other] = ['a', 'b'].map((namespace) => defaultDeny.build(spec, viewWith({ namespace })).wanted[0]);
    expect(one).to.equal(other);
  });
});

describe('network.allow-same-namespace', () => {
  const build = (spec: Parameters<typeof allowSameNamespace.build>[0]) => allowSameNamespace.build(spec, viewWith());

  it('allows the pods of the namespace to each other in the declared directions', () => {
    expect(build(network({ allow: { sameNamespace: ['Egress', 'Ingress'] } })).wanted).to.deep.equal([
      {
        kind: 'NetworkPolicy',
        name: 'drawbridge-allow-same-namespace',
        body: {
          spec: {
            podSelector: {},
            policyTypes: ['Ingress', 'Egress'],
            ingress: [{ from: [{ podSelector: {} }] }],
            egress: [{ to: [{ podSelector: {} }] }],
          },
        },
      },
    ]);
    expect(onlySpec(build(network({ allow: { sameNamespace: ['Ingress'] } })))).to.deep.equal({
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }] }],
    });
  });

  it('never isolates pods in a direction that the baseline leaves open', () => {
    const spec = {
      defaultDeny: ['Ingress' as const],
      allow: { sameNamespace: ['Ingress' as const, 'Egress' as const] },
    };
    expect(onlySpec(build(spec)))
      .to.have.property('policyTypes')
      .that.deep.equals(['Ingress']);
    expect(build({ ...spec, defaultDeny: ['Egress'], allow: { sameNamespace: ['Ingress'] } }).wanted).to.deep.equal([]);
  });
});
