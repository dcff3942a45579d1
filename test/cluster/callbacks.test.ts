import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilCondition, untilQuiet, workSince } from './support/look.ts';
import { DENY, namespacePath, policies, reportPath } from './support/paths.ts';
import { declare, denyOnly, LABEL } from './support/spec.ts';
import { edit, untilFinding, untilNoFinding } from './supportB/findings.ts';

const BASELINE = 'closing';
const BOTH = ['Ingress', 'Egress'];
const WITHIN_MS = 20_000;

const pod = (namespace: string, name: string, spec: object = {}): NewObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: { containers: [{ name: 'main', image: 'none' }], automountServiceAccountToken: false, ...spec },
});

const service = (namespace: string): NewObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'hooks', namespace },
  spec: { selector: { app: 'hooks' }, ports: [{ port: 443, targetPort: 8443 }] },
});

/** A webhook that fails closed: no object with the label calls=NAMESPACE could be made while nobody answers. */
const webhook = (namespace: string): NewObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: `policies-${namespace}` },
  webhooks: [
    {
      name: 'policies.example.org',
      clientConfig: { service: { namespace, name: 'hooks' } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      timeoutSeconds: 1,
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      objectSelector: { matchLabels: { calls: namespace } },
    },
  ],
});

describe('THREATS 21: a namespace that the API server calls into', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const until = (namespace: string, name: string, spec: object) =>
    eventually(async () => expect((await admin().find(policies(namespace, name)))?.spec).to.deep.include(spec), {
      withinMs: WITHIN_MS,
    });

  it('is not closed to ingress, by a webhook of failurePolicy Fail, and the finding says which', async () => {
    await admin().create(webhook('serving'));
    await member(world(), 'serving', BASELINE);
    await admin().create(service('serving'));
    // Nothing answers, and so nothing passes: to be called is a matter of life and death.
    const refused = await admin().request('POST', '/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', labels: { calls: 'serving' } },
    });
    expect(refused.status).to.equal(500);
    await member(world(), 'plain', BASELINE);
    await declare(world(), BASELINE, denyOnly({ allow: { sameNamespace: BOTH } }));
    const held = await untilFinding(
      world(),
      'serving',
      'PreflightHeld',
      { object: 'Service serving/hooks' },
      WITHIN_MS,
    );
    expect(held).to.include({ check: 'SB-NET-001', result: 'fail' });
    expect(held.message)
      .to.contain('Service hooks:443 (ValidatingWebhookConfiguration policies-serving)')
      .and.to.contain('TCP 8443');
    await until('serving', DENY, { policyTypes: ['Egress'] });
    await until('serving', 'drawbridge-allow-same-namespace', { policyTypes: ['Egress'] });
    await until('plain', DENY, { policyTypes: BOTH });
    const { status } = await untilCondition(world(), BASELINE, 'Compliant', 'False', WITHIN_MS);
    expect(status.worst[0]).to.include({ namespace: 'serving', reason: 'PreflightHeld' });
  });

  it('is closed once the baseline says where calls come from: the allow first, then the deny', async () => {
    const mark = await world().mark();
    const apiServerCallbacks = { cidrs: ['192.0.2.0/24'] };
    await edit(world(), BASELINE, { network: { allow: { apiServerCallbacks } } });
    await until('serving', DENY, { policyTypes: BOTH });
    await untilNoFinding(world(), 'serving', undefined, WITHIN_MS);
    await until('serving', 'drawbridge-callback-hooks', {
      podSelector: { matchLabels: { app: 'hooks' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 8443 }] }],
    });
    const written = (await workSince(world(), mark, 'serving')).map(({ name }) => name);
    expect(written.indexOf('drawbridge-callback-hooks')).to.be.within(0, written.indexOf(DENY) - 1);
    expect((await admin().get(reportPath('serving'))).sections[0].closed).to.have.members(BOTH);
    expect(await world().operator().metric('drawbridge_drift_detected_total')).to.equal(0);
  });

  it('stays closed when the webhook comes later, with a warning, through a restart and whatever is deleted meanwhile', async () => {
    await edit(world(), BASELINE, { network: { allow: { apiServerCallbacks: null } } });
    await admin().create(service('plain'));
    await admin().create(webhook('plain'));
    const warned = await untilFinding(world(), 'plain', 'CallbackNotAllowed', {}, WITHIN_MS);
    expect(warned).to.include({ result: 'warn', object: 'Service plain/hooks' });
    expect((await admin().get(policies('plain', DENY))).spec.policyTypes).to.deep.equal(BOTH);
    await untilQuiet(world());
    await world().stopOperator();
    await admin().delete(policies('plain', DENY));
    await admin().delete(policies('plain', 'drawbridge-allow-same-namespace'));
    await world().startOperator();
    await until('plain', DENY, { policyTypes: BOTH });
    await until('plain', 'drawbridge-allow-same-namespace', { policyTypes: BOTH });
  });

  it('THREATS 25: is not closed at all where node agents run, until the baseline says that it may', async () => {
    await world().namespace('agents');
    // The account controller gives each namespace the account that pods need.
    await eventually(() => admin().create(pod('agents', 'exporter', { hostNetwork: true })), { withinMs: WITHIN_MS });
    await declare(world(), 'nodes', denyOnly({ allow: { dns: {} } }));
    await admin().patch(namespacePath('agents'), { metadata: { labels: { [LABEL]: 'nodes' } } });
    const held = await untilFinding(world(), 'agents', 'PreflightHeld', {}, WITHIN_MS);
    expect(held.message).to.contain('Pod exporter');
    expect(await admin().list(policies('agents'))).to.deep.equal([]);
    await edit(world(), 'nodes', { network: { preflight: 'Ignore' } });
    await until('agents', DENY, { policyTypes: BOTH });
    await untilFinding(world(), 'agents', 'PodOnHostNetwork', { check: 'SB-NET-007' }, WITHIN_MS);
  });

  it('tells of pods and policies: none that isolates, none that is bound, no way to names, a rule for everybody', async () => {
    const rules = [{ name: 'all', podSelector: { matchLabels: {} }, ingress: [{ from: [], ports: [] }] }];
    await declare(world(), 'trial', { enforcement: 'Audit', ...denyOnly({ allow: { rules } }) });
    await member(world(), 'tried', 'trial');
    await eventually(() => admin().create(pod('tried', 'web')), { withinMs: WITHIN_MS });
    await admin().post(policies('tried'), {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'typo' },
      spec: { podSelector: { matchLabels: { app: 'wbe' } }, policyTypes: BOTH },
    });
    const found = (reason: string, fields: object) => untilFinding(world(), 'tried', reason, { ...fields }, WITHIN_MS);
    const { message } = await found('PodNotIsolated', { check: 'SB-NET-004', result: 'fail' });
    expect(message).to.contain('for Ingress Pod web; for Egress Pod web');
    await found('PolicyBindsNothing', { check: 'SB-NET-007', object: 'NetworkPolicy tried/typo' });
    await found('EgressWithoutDns', { check: 'SB-NET-002' });
    await found('RuleOpensToEverybody', { check: 'SB-NET-004', severity: 'medium' });
    await admin().patch(policies('tried', 'typo'), { spec: { podSelector: { matchLabels: { app: 'web' } } } });
    await untilNoFinding(world(), 'tried', 'PodNotIsolated', WITHIN_MS);
    await untilNoFinding(world(), 'tried', 'PolicyBindsNothing', WITHIN_MS);
  });
});
