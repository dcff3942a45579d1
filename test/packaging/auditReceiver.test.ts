import { expect } from 'chai';
import { parseReceiverFlags, receiverOptionsOf } from '../../src/agents/receiver/flags.ts';
import { checkOptions } from '../../src/agents/receiver/options.ts';
import { systemClock } from '../../src/operator/clock.ts';
import { createLogger } from '../../src/operator/logger.ts';
import { VERSION } from '../../src/version.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { named } from './rules.ts';

const NAMESPACE = 'drawbridge-audit';
const NAME = 'drawbridge-audit-receiver';
const DRY_RUN = { query: { dryRun: 'All', fieldValidation: 'Strict' } };

describe('The manifests of the audit receiver, on a real API server', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  let objects: readonly NewObject[];
  let template: AnyObject;
  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    objects = await renderKustomization('manifests/audit-receiver');
    template = (named(objects, 'Deployment', NAME) as AnyObject).spec.template;
    await admin.apply(objects.filter(({ kind }) => kind !== 'Deployment'));
  });
  after(async () => {
    await admin?.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await admin?.close();
  });

  it('are taken strictly, and run its pod under the restricted Pod Security Standard', async () => {
    const deployment = named(objects, 'Deployment', NAME);
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    expect((await admin.request('POST', path, deployment, DRY_RUN)).status).to.equal(201);
    const pod = { ...template, apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: 'receiver' } };
    const { status, body } = await admin.request('POST', `/api/v1/namespaces/${NAMESPACE}/pods`, pod, DRY_RUN);
    expect(status, JSON.stringify(body)).to.equal(201);
  });

  it('give it no rights, and no token to use them with', () => {
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds.filter((kind) => /Role/.test(kind))).to.deep.equal([]);
    expect(named(objects, 'ServiceAccount', NAME)).to.have.property('automountServiceAccountToken', false);
    expect(template.spec.automountServiceAccountToken).to.equal(false);
  });

  it('let it call nobody', () => {
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy') as readonly AnyObject[];
    expect(policies.map(({ spec }) => spec.egress)).to.deep.equal(policies.map(() => undefined));
    expect(policies.flatMap(({ spec }) => spec.policyTypes)).to.include('Egress');
  });

  it('give flags that it knows and starts with, of this version, on the ports that are open', () => {
    const [container] = template.spec.containers;
    const [command, ...flags] = container.args;
    expect(command).to.equal('audit-receiver');
    const bare = { version: VERSION, logger: createLogger('error'), clock: systemClock };
    const { webhook, evidence, isEvidencePlain } = checkOptions(receiverOptionsOf(parseReceiverFlags(flags), bare));
    const ports = container.ports.map(({ containerPort }: AnyObject) => containerPort);
    expect(ports).to.deep.equal([webhook?.port, evidence?.port, 8080, 8081]);
    expect(isEvidencePlain).to.equal(false);
    expect(container.image).to.equal(`drawbridge:${VERSION}`);
  });
});
