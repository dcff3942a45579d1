import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { GENERATORS } from '../../tools/generate/index.ts';
import type { Values } from '../support/helm/helm.ts';
import { CHART, helm, renderChart } from '../support/helm/helm.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, NewObject } from '../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';
import { VALUE_SETS } from './chartValues.ts';
import { named } from './rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const KEEP = 'helm.sh/resource-policy';

/** Which values are which kustomizations. */
const SAME: readonly (readonly [values: Values, kustomizations: readonly string[]])[] = [
  [{}, ['base']],
  [{ auditOnly: true }, ['overlays/audit-only']],
  [{ auditProof: { enabled: true } }, ['overlays/audit-proof']],
  [{ admissionPolicies: { enabled: true } }, ['base', 'admission']],
  [{ namespaceLabels: { enabled: true } }, ['base', 'namespace-labels']],
  [{ policyReports: { enabled: true } }, ['base', 'policy-reports']],
  [{ auditOnly: true, policyReports: { enabled: true } }, ['overlays/audit-only', 'policy-reports']],
  [{ auditReceiver: { enabled: true } }, ['base', 'audit-receiver']],
  [{ auditAgent: { enabled: true } }, ['base', 'audit-agent']],
  [{ auditAgent: { enabled: true, metrics: { enabled: true } } }, ['base', 'overlays/audit-agent-metrics']],
  [
    {
      auditReceiver: { enabled: true },
      auditAgent: { enabled: true, metrics: { enabled: true } },
      monitoring: { podMonitor: { enabled: true } },
    },
    ['base', 'audit-receiver', 'overlays/audit-agent-metrics', 'monitors'],
  ],
];

/** Kustomizations that are compared file by file. */
const BY_FILES = ['alerts', 'dashboards'];

describe('The Helm chart', function () {
  this.timeout(60_000);
  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    await helm(['version']);
  });

  for (const [what, values] of Object.entries(VALUE_SETS)) {
    it(`lints strictly: ${what}`, async () => {
      const { code, stdout, stderr } = await helm(['lint', '--strict', CHART], values);
      expect(code, stdout + stderr).to.equal(0);
    });
  }

  for (const [values, kustomizations] of SAME) {
    it(`with ${JSON.stringify(values)} has the objects of ${kustomizations.join(' and ')}, and no other`, async () => {
      const rendered = await Promise.all(kustomizations.map((path) => renderKustomization(`manifests/${path}`)));
      expect(byName(await renderChart(values))).to.deep.equal(byName(rendered.flat().filter(isInChart)));
    });
  }

  it('has a value for every kustomization', () => {
    const compared = new Set([...SAME.flatMap(([, paths]) => paths), ...BY_FILES]);
    const there = globSync('manifests/**/kustomization.yaml', { cwd: ROOT })
      .filter((path) => !path.startsWith('manifests/gitops/'))
      .map((path) => relative('manifests', dirname(path)));
    expect([...compared].sort()).to.deep.equal(there.sort());
  });

  it('scrapes what there is, and no agent on loopback', async () => {
    const scraped = async (values: Values) =>
      (await renderChart({ ...values, monitoring: { podMonitor: { enabled: true } } }))
        .filter(({ kind }) => kind === 'PodMonitor')
        .map(({ metadata }) => metadata.name);
    expect(await scraped({})).to.deep.equal(['drawbridge']);
    expect(await scraped({ auditReceiver: { enabled: true }, auditAgent: { enabled: true } })).to.deep.equal([
      'drawbridge',
      'drawbridge-audit-receiver',
    ]);
    expect(await scraped({ auditAgent: { enabled: true, metrics: { enabled: true } } })).to.deep.equal([
      'drawbridge',
      'drawbridge-audit-agent',
    ]);
  });

  it('has every alert and every dashboard', async () => {
    const enabled = { prometheusRule: { enabled: true }, dashboards: { enabled: true } };
    const objects = await renderChart({ monitoring: enabled });
    const alerts = files('manifests/alerts/*.yaml').map((path) => parse(readFileSync(join(ROOT, path), 'utf8')));
    expect(byName(objects.filter(({ kind }) => kind === 'PrometheusRule'))).to.deep.equal(byName(alerts));
    const dashboards = objects.filter(({ kind }) => kind === 'ConfigMap');
    expect(dashboards.map(({ data }) => Object.values(data as object)[0]).sort()).to.deep.equal(
      files('manifests/dashboards/*.json')
        .map((path) => readFileSync(join(ROOT, path), 'utf8'))
        .sort(),
    );
    for (const { metadata } of dashboards) expect(metadata.labels).to.include({ grafana_dashboard: '1' });
  });

  it('keeps CRDs, and namespaces that hold what is not its own, when it is uninstalled', async () => {
    const kept = (await renderChart(VALUE_SETS.everything))
      .filter((object) => annotationsOf(object)[KEEP] === 'keep')
      .map(({ kind }) => kind);
    const crds = readdirSync(join(ROOT, 'crds')).filter((name) => name.endsWith('.yaml'));
    expect(kept.sort()).to.deep.equal([...crds.map(() => 'CustomResourceDefinition'), 'Namespace', 'Namespace']);
  });

  it('may be in any namespace, and then its parts find each other there', async () => {
    const objects = await renderChart(VALUE_SETS.everything, 'security');
    expect(JSON.stringify(objects.filter(({ kind }) => kind !== 'CustomResourceDefinition'))).not.to.contain(
      'drawbridge-system',
    );
    const agent = named(objects, 'DaemonSet', 'drawbridge-audit-agent') as AnyObject;
    expect(agent.spec.template.spec.containers[0].args).to.include('--operator-namespace=security');
  });

  it('leaves selectors and shipped labels alone, whatever labels are given', async () => {
    const evil = { 'app.kubernetes.io/name': 'other', team: 'platform' };
    const objects = await renderChart({ commonLabels: evil, operator: { podLabels: evil } });
    const { metadata, spec } = named(objects, 'Deployment', 'drawbridge') as AnyObject;
    const expected = { 'app.kubernetes.io/name': 'drawbridge', team: 'platform' };
    expect(metadata.labels).to.deep.equal(expected);
    expect(spec.template.metadata.labels).to.deep.equal(expected);
    expect(spec.selector.matchLabels).to.deep.equal({ 'app.kubernetes.io/name': 'drawbridge' });
  });

  it('does what the values say', async () => {
    const [image, spread, nodes, address, labels, wire] = await Promise.all(
      [
        'an image by its digest, from a private registry',
        'three replicas, over zones and nodes',
        'nodes of their own',
        'an API server at a known address',
        'monitoring',
        'the audit receiver, and proof by it',
      ].map(async (name) => renderChart(VALUE_SETS[name])),
    );
    const podOf = (objects: readonly NewObject[] = []) =>
      (named(objects, 'Deployment', 'drawbridge') as AnyObject).spec.template.spec;
    expect(podOf(image)).to.deep.include({ imagePullSecrets: [{ name: 'registry' }] });
    expect(podOf(image).containers[0].image).to.match(/^registry\.example\.com:5000\/platform\/drawbridge@sha256:0123/);
    expect(
      podOf(spread).topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable, maxSkew }: AnyObject) => [
        topologyKey,
        whenUnsatisfiable,
        maxSkew,
      ]),
    ).to.deep.equal([
      ['topology.kubernetes.io/zone', 'DoNotSchedule', 1],
      ['kubernetes.io/hostname', 'DoNotSchedule', 1],
    ]);
    expect(named(spread ?? [], 'Deployment', 'drawbridge').spec).to.include({ replicas: 3 });
    expect(named(spread ?? [], 'PodDisruptionBudget', 'drawbridge').spec).to.include({ maxUnavailable: 2 });
    expect(podOf(nodes)).to.deep.include({ nodeSelector: { 'kubernetes.io/os': 'linux', pool: 'platform' } });
    expect(podOf(nodes)).not.to.have.property('topologySpreadConstraints');
    expect(podOf(nodes).containers[0].args).to.include.members(['--leader-elect', '--log-level=debug']);
    const { egress } = (named(address ?? [], 'NetworkPolicy', 'operator-egress') as AnyObject).spec;
    expect(egress[0].to).to.deep.equal(['10.0.0.1/32', 'fd00::1/128'].map((cidr) => ({ ipBlock: { cidr } })));
    for (const kind of ['PodMonitor', 'PrometheusRule'])
      expect(labels?.find((object) => object.kind === kind)?.metadata.labels).to.include({ release: 'prometheus' });
    expect(podOf(wire).containers[0].args.join(' ')).to.contain(
      '--audit-evidence-url=https://drawbridge-audit-receiver',
    );
  });

  it('serves the status page on loopback, and elsewhere only to the namespaces that are named', async () => {
    const page = async (statusPage: object) => {
      const objects = await renderChart({ statusPage });
      const { args } = (named(objects, 'Deployment', 'drawbridge') as AnyObject).spec.template.spec.containers[0];
      const { ingress } = (named(objects, 'NetworkPolicy', 'operator-ingress') as AnyObject).spec;
      return [args.at(-1), ingress.slice(2)];
    };
    expect(await page({ enabled: true })).to.deep.equal(['--status-page-bind-address=:9080', []]);
    const viewers = { team: 'platform' };
    expect(await page({ enabled: true, viewers })).to.deep.equal([
      '--status-page-bind-address=0.0.0.0:9080',
      [{ from: [{ namespaceSelector: { matchLabels: viewers } }], ports: [{ protocol: 'TCP', port: 9080 }] }],
    ]);
    expect(await page({ viewers })).to.deep.equal(['--leader-elect', []]);
  });

  describe('refuses', () => {
    const REFUSED: readonly (readonly [what: string, values: Values, message: string])[] = [
      ['a misspelt value', { auditonly: true }, "additional properties 'auditonly' not allowed"],
      ['a value in the wrong place', { replicas: 3 }, "additional properties 'replicas' not allowed"],
      ['a misspelt field of a part', { operator: { replica: 3 } }, "at '/operator': additional properties 'replica'"],
      ['"false" for false', { auditOnly: 'false' }, "at '/auditOnly': got string, want boolean"],
      ['a tag in the repository', { image: { repository: 'drawbridge:0.1.0' } }, "at '/image/repository'"],
      ['half a digest', { image: { digest: 'sha256:abc' } }, "at '/image/digest'"],
      ['a pull policy that there is not', { image: { pullPolicy: 'Sometimes' } }, "at '/image/pullPolicy'"],
      ['an address without a length', { networkPolicy: { apiServerCidrs: ['10.0.0.1'] } }, "at '/networkPolicy/apiS"],
      ['an argument that is no flag', { operator: { extraArgs: ['render'] } }, "at '/operator/extraArgs/0'"],
      [
        'a right to write for an operator that only looks',
        { auditOnly: true, admissionPolicies: { enabled: true } },
        'auditOnly writes nothing: leave admissionPolicies.enabled out',
      ],
      [
        'a right to label namespaces for one as well',
        { auditOnly: true, namespaceLabels: { enabled: true } },
        'auditOnly writes nothing: leave namespaceLabels.enabled out',
      ],
      [
        'scrapers without a label, which would be everybody',
        { networkPolicy: { scrapers: { metrics: null } } },
        'networkPolicy.scrapers is empty',
      ],
    ];
    for (const [what, values, message] of REFUSED) {
      it(what, async () => {
        const { code, stderr } = await helm(['template', 'drawbridge', CHART], values);
        expect(code, stderr).to.equal(1);
        expect(stderr).to.contain(message);
      });
    }
  });

  it('has no copy of a manifest that is gone', async () => {
    const made = (await Promise.all(GENERATORS.map((generator) => generator.files()))).flat().map(({ path }) => path);
    const copies = files('charts/drawbridge/{files/*,templates/crds}/*');
    expect(copies.filter((path) => !made.includes(path))).to.deep.equal([]);
  });
});

const files = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: ROOT })
    .filter((path) => !path.endsWith('kustomization.yaml'))
    .sort();

const annotationsOf = ({ metadata }: NewObject): Readonly<Record<string, unknown>> =>
  (metadata.annotations ?? {}) as Readonly<Record<string, unknown>>;

/** A release is made in a namespace that is there: the operator's own is none of it. */
const isInChart = ({ kind, metadata }: NewObject): boolean =>
  kind !== 'Namespace' || metadata.name !== 'drawbridge-system';

/** Objects by what they are, without what tells Helm to keep them. */
function byName(objects: readonly NewObject[]): Readonly<Record<string, NewObject>> {
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  expect(new Set(names).size).to.equal(names.length);
  return Object.fromEntries(objects.map((object, at) => [names[at], withoutKeep(object)]));
}

function withoutKeep(object: NewObject): NewObject {
  const { [KEEP]: _kept, ...annotations } = annotationsOf(object);
  const { annotations: _all, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) } };
}
