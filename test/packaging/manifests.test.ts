import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GRANTABLE_ROLE, NAME_PREFIX } from '../../src/api/names.ts';
import { controls } from '../../src/controls/index.ts';
import { VERSION } from '../../src/version.ts';
import { renderKustomization } from '../support/install.ts';
import type { NewObject } from '../support/kubeAdmin.ts';
import { isWrite, named, rightsOf, rulesOf } from './rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const AGGREGATES = 'rbac.authorization.k8s.io/aggregate-to-';

describe('The manifests', function () {
  this.timeout(60_000);
  const rendered: Record<'base' | 'auditOnly', readonly NewObject[]> = { base: [], auditOnly: [] };
  before(async () => {
    rendered.base = await renderKustomization('manifests/base');
    rendered.auditOnly = await renderKustomization('manifests/overlays/audit-only');
  });

  for (const which of ['base', 'auditOnly'] as const) {
    const roles = () => rendered[which].filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');

    describe(which, () => {
      it('grant nothing that hands out more than itself: no escalate, bind, impersonate, no stars, no Secrets', () => {
        const rights = roles().flatMap((role) => rightsOf(rulesOf(role)));
        const bad = /^(escalate|bind|impersonate)|[*]| secrets(\/|$)| nodes\/proxy| pods\/(exec|attach|log)| .*\/token/;
        expect(rights).to.have.lengthOf.above(50);
        expect(rights.filter((right) => bad.test(right))).to.deep.equal([]);
      });

      it('let nobody write baselines or waivers by aggregation (THREATS 9, 16)', () => {
        const aggregated = roles().filter(({ metadata }) =>
          Object.keys(metadata.labels ?? {}).some((label) => label.startsWith(AGGREGATES)),
        );
        expect(aggregated.flatMap((role) => rightsOf(rulesOf(role)))).to.deep.equal([
          'get baselinereports.drawbridge.dev',
          'list baselinereports.drawbridge.dev',
          'watch baselinereports.drawbridge.dev',
        ]);
      });

      it('leave the rules of the aggregated ClusterRole to the aggregation controller (THREATS 27)', () => {
        const role = named(rendered[which], 'ClusterRole', GRANTABLE_ROLE);
        expect(role).not.to.have.property('rules');
        expect(role.aggregationRule).to.deep.equal({
          clusterRoleSelectors: [{ matchLabels: { 'drawbridge.dev/grantable': 'true' } }],
        });
      });

      it('hand out reading alone', () => {
        const grantable = roles().filter(({ metadata }) => labelsOf(metadata)['drawbridge.dev/grantable'] === 'true');
        expect(grantable.map(({ metadata }) => metadata.name)).to.deep.equal(['drawbridge-grantable-view']);
        expect(rightsOf(grantable.flatMap(rulesOf)).filter(isWrite)).to.deep.equal([]);
      });

      it('run the version that package.json names', () => {
        const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
        expect(VERSION).to.equal(version);
        const deployment = named(rendered[which], 'Deployment', 'drawbridge');
        expect(podOf(deployment).containers.map(({ image }) => image)).to.deep.equal([`drawbridge:${version}`]);
      });
    });
  }

  it('let the operator write what it writes, and nothing else', () => {
    expect(rightsOf(rulesOf(named(rendered.base, 'ClusterRole', 'drawbridge'))).filter(isWrite)).to.deep.equal([
      'create baselinereports.drawbridge.dev',
      'create events.events.k8s.io',
      'create limitranges',
      'create networkpolicies.networking.k8s.io',
      'create resourcequotas',
      'create rolebindings.rbac.authorization.k8s.io',
      'create roles.rbac.authorization.k8s.io',
      'delete baselinereports.drawbridge.dev',
      'delete limitranges',
      'delete networkpolicies.networking.k8s.io',
      'delete resourcequotas',
      'delete rolebindings.rbac.authorization.k8s.io',
      'delete roles.rbac.authorization.k8s.io',
      'patch baselinewaivers/status.drawbridge.dev',
      'patch events.events.k8s.io',
      'patch limitranges',
      'patch networkpolicies.networking.k8s.io',
      'patch resourcequotas',
      'patch rolebindings.rbac.authorization.k8s.io',
      'patch roles.rbac.authorization.k8s.io',
      'patch securitybaselines.drawbridge.dev',
      'patch securitybaselines/status.drawbridge.dev',
      'patch serviceaccounts/default',
      'update baselinereports.drawbridge.dev',
      'update limitranges',
      'update networkpolicies.networking.k8s.io',
      'update resourcequotas',
      'update rolebindings.rbac.authorization.k8s.io',
      'update roles.rbac.authorization.k8s.io',
    ]);
  });

  it('let the operator label namespaces only by a manifest of its own, which has nothing else', async () => {
    const optIn = await renderKustomization('manifests/namespace-labels');
    expect(optIn.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).to.deep.equal([
      'ClusterRole drawbridge-namespace-labels',
      'ClusterRoleBinding drawbridge-namespace-labels',
    ]);
    expect(rightsOf(optIn.flatMap(rulesOf))).to.deep.equal(['patch namespaces']);
  });

  it('let the operator write reports for others only by an opt-in: ours by their name, and nothing else by it', async () => {
    const optIn = await renderKustomization('manifests/policy-reports');
    expect(optIn.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).to.deep.equal([
      'ClusterRole drawbridge-policy-reports',
      'ClusterRoleBinding drawbridge-policy-reports',
    ]);
    const kinds = ['reports.openreports.io', 'policyreports.wgpolicyk8s.io'];
    const byName = ['delete', 'get', 'list', 'update', 'watch'];
    expect(rightsOf(optIn.flatMap(rulesOf))).to.have.members(
      kinds.flatMap((kind) => [`create ${kind}`, ...byName.map((verb) => `${verb} ${kind}/drawbridge`)]),
    );
    const shipped = rendered.base.filter(({ kind }) => /Role$/.test(kind)).flatMap((role) => rightsOf(rulesOf(role)));
    expect(shipped.filter((right) => /openreports|wgpolicy/.test(right))).to.deep.equal([]);
  });

  it('let the audit-only operator write status, reports and Events, and nothing else (THREATS 29)', () => {
    expect(rightsOf(rulesOf(named(rendered.auditOnly, 'ClusterRole', 'drawbridge'))).filter(isWrite)).to.deep.equal([
      'create baselinereports.drawbridge.dev',
      'create events.events.k8s.io',
      'delete baselinereports.drawbridge.dev',
      'patch events.events.k8s.io',
      'patch securitybaselines/status.drawbridge.dev',
      'update baselinereports.drawbridge.dev',
    ]);
    const bindings = rendered.auditOnly.filter(({ kind }) => /Binding$/.test(kind));
    expect(bindings.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal([
      'RoleBinding audit-policy-publisher',
      'RoleBinding drawbridge',
      'ClusterRoleBinding drawbridge',
    ]);
  });

  for (const which of ['base', 'auditOnly'] as const) {
    it(`let the replicas of ${which} agree who leads by one Lease in their own namespace, and nothing else (THREATS 29)`, () => {
      const roles = rendered[which].filter(({ kind }) => kind === 'Role');
      expect(roles.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).to.deep.equal([
        'drawbridge-system/audit-policy-publisher',
        'drawbridge-system/drawbridge',
      ]);
      expect(rightsOf(rulesOf(named(rendered[which], 'Role', 'drawbridge')))).to.deep.equal([
        'create leases.coordination.k8s.io',
        'get leases.coordination.k8s.io/drawbridge',
        'list leases.coordination.k8s.io/drawbridge',
        'update leases.coordination.k8s.io/drawbridge',
        'watch leases.coordination.k8s.io/drawbridge',
      ]);
    });
  }

  it('let the operator publish the audit policy in its own namespace, and the audit-only one read it (THREATS 29)', () => {
    const rights = (which: 'base' | 'auditOnly') =>
      rightsOf(rulesOf(named(rendered[which], 'Role', 'audit-policy-publisher')));
    const verbs = ['create', 'delete', 'get', 'list', 'update', 'watch'];
    expect(rights('base')).to.deep.equal(verbs.map((verb) => `${verb} configmaps`));
    expect(rights('auditOnly')).to.deep.equal(['get', 'list', 'watch'].map((verb) => `${verb} configmaps`));
  });

  it('let the operator write policies at admission only by an opt-in, and nothing else by it', async () => {
    const optIn = await renderKustomization('manifests/admission');
    const rights = rightsOf(rulesOf(named(optIn, 'ClusterRole', 'drawbridge-admission')));
    const verbs = ['create', 'delete', 'get', 'list', 'update', 'watch'];
    const kinds = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
    const expected = verbs.flatMap((verb) => kinds.map((kind) => `${verb} ${kind}.admissionregistration.k8s.io`));
    expect(rights).to.have.members(expected);
    expect(rightsOf(rulesOf(named(optIn, 'ClusterRole', 'drawbridge-override')))).to.deep.equal([
      'override securitybaselines.drawbridge.dev',
    ]);
    for (const which of ['base', 'auditOnly'] as const) {
      const shipped = rendered[which]
        .filter(({ kind }) => /Role$/.test(kind))
        .flatMap((role) => rightsOf(rulesOf(role)));
      expect(
        shipped.filter((right) => /validatingadmissionpolic|override/.test(right)),
        which,
      ).to.deep.equal([]);
    }
  });

  it('bear no reserved name of a kind that baselines write: a baseline may govern that namespace, too', () => {
    const written = new Set(controls.flatMap(({ writes }) => writes));
    const reserved = rendered.base.filter(
      ({ kind, metadata }) => written.has(kind) && (metadata.name ?? '').startsWith(NAME_PREFIX),
    );
    expect(reserved.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal([]);
  });

  it('run two replicas of which one leads, and take down one at a time', () => {
    const deployment = named(rendered.base, 'Deployment', 'drawbridge');
    expect(deployment.spec).to.deep.include({
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    expect(podOf(deployment).containers[0]?.args).to.include('--leader-elect');
    const { spec } = named(rendered.base, 'PodDisruptionBudget', 'drawbridge');
    const { selector, ...bounds } = spec as { readonly selector: { readonly matchLabels: object } };
    expect(bounds).to.deep.equal({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(labelsOf(templateOf(deployment).metadata)).to.include(selector.matchLabels);
  });

  it('let the operator see ClusterRoles, and of CRDs who converts them and whether the own one goes, and write none', () => {
    const rights = rightsOf(rulesOf(named(rendered.base, 'ClusterRole', 'drawbridge')));
    expect(rights.filter((right) => /clusterrole|customresource/.test(right))).to.deep.equal([
      'get clusterrolebindings.rbac.authorization.k8s.io',
      'get clusterroles.rbac.authorization.k8s.io',
      'get customresourcedefinitions.apiextensions.k8s.io',
      'list clusterrolebindings.rbac.authorization.k8s.io',
      'list clusterroles.rbac.authorization.k8s.io',
      'list customresourcedefinitions.apiextensions.k8s.io',
      'watch clusterrolebindings.rbac.authorization.k8s.io',
      'watch clusterroles.rbac.authorization.k8s.io',
      'watch customresourcedefinitions.apiextensions.k8s.io',
    ]);
  });

  it('close the own namespace, but for the API server, DNS, scrapers and probes', () => {
    const policies = rendered.base.filter(({ kind }) => kind === 'NetworkPolicy');
    const specs = Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, spec]));
    expect(Object.keys(specs).sort()).to.deep.equal(['default-deny', 'operator-egress', 'operator-ingress']);
    expect(specs['default-deny']).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const labels = labelsOf(templateOf(named(rendered.base, 'Deployment', 'drawbridge')).metadata);
    for (const name of ['operator-egress', 'operator-ingress']) {
      expect(labels).to.include((specs[name] as { podSelector: { matchLabels: object } }).podSelector.matchLabels);
    }
  });

  it('give the pod a read-only root, bounds, probes and its own namespace', () => {
    const pod = podOf(named(rendered.base, 'Deployment', 'drawbridge'));
    const [container] = pod.containers;
    expect(pod.terminationGracePeriodSeconds).to.equal(10);
    expect(container?.securityContext.readOnlyRootFilesystem).to.equal(true);
    expect(Object.keys(container?.resources ?? {}).sort()).to.deep.equal(['limits', 'requests']);
    expect(container?.livenessProbe.httpGet.path).to.equal('/healthz');
    expect(container?.readinessProbe.httpGet.path).to.equal('/readyz');
    expect(container?.args[0]).to.equal('operator');
  });
});

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it is about
  readonly containers: readonly any[];
}

interface Template {
  readonly metadata: NewObject['metadata'];
  readonly spec: Pod;
}

const labelsOf = ({ labels }: NewObject['metadata']): Record<string, string> =>
  (labels ?? {}) as Record<string, string>;
const templateOf = (deployment: NewObject): Template => (deployment.spec as { template: Template }).template;
const podOf = (deployment: NewObject): Pod => templateOf(deployment).spec;
