import { expect } from 'chai';
import { createProgram } from '../../src/cli/program.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, NewObject } from '../support/kubeAdmin.ts';
import { named } from './rules.ts';

describe('The operator that asks an audit receiver, as it is shipped', function () {
  this.timeout(60_000);
  let base: readonly NewObject[];
  let proof: readonly NewObject[];
  let receiver: readonly NewObject[];
  before(async () => {
    base = await renderKustomization('manifests/base');
    proof = await renderKustomization('manifests/overlays/audit-proof');
    receiver = await renderKustomization('manifests/audit-receiver');
  });
  const deployment = (objects: readonly NewObject[]): AnyObject =>
    named(objects, 'Deployment', 'drawbridge') as AnyObject;
  const podOf = (objects: readonly NewObject[]): AnyObject['spec'] => deployment(objects).spec.template.spec;

  it('is the same but for its Deployment, whose arguments are those of the base and more', () => {
    const others = (objects: readonly NewObject[]) => objects.filter(({ kind }) => kind !== 'Deployment');
    expect(others(proof)).to.deep.equal(others(base));
    const [before, after] = [podOf(base), podOf(proof)].map(({ containers }) => containers[0].args);
    expect(after.slice(0, before.length)).to.deep.equal(before);
    expect(after.length).to.be.above(before.length);
  });

  it('has flags that the operator knows', () => {
    const program = createProgram({ terminal: {} as never, end: () => {} });
    const operator = program.commands.find((command) => command.name() === 'operator');
    const known = new Set(operator?.options.map(({ long }) => long));
    for (const flag of podOf(proof).containers[0].args.slice(1)) expect([...known]).to.include(flag.split('=')[0]);
  });

  it('asks the receiver’s Service, which its NetworkPolicy lets it reach, and the receiver’s lets in', () => {
    const url = new URL(
      podOf(proof)
        .containers[0].args.find((flag: string) => flag.startsWith('--audit-evidence-url='))
        .split('=')[1],
    );
    const service = named(receiver, 'Service', 'drawbridge-audit-receiver') as AnyObject;
    expect(url.hostname).to.equal(`${service.metadata.name}.${service.metadata.namespace}.svc`);
    const ports = service.spec.ports.map(({ port }: { port: number }) => String(port));
    expect(ports).to.include(url.port);
    const egress = named(proof, 'NetworkPolicy', 'operator-egress') as AnyObject;
    const rule = egress.spec.egress.find(({ to }: AnyObject) => to !== undefined);
    expect(rule.ports.map(({ port }: { port: number }) => String(port))).to.deep.equal([url.port]);
    const [{ namespaceSelector, podSelector }] = rule.to;
    expect(namespaceSelector.matchLabels).to.deep.equal({ 'kubernetes.io/metadata.name': service.metadata.namespace });
    expect(podSelector.matchLabels).to.deep.equal(service.spec.selector);
  });
});
