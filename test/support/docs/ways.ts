import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewObject } from '../kubeAdmin.ts';
import type { ShellBlock } from './shellBlocks.ts';
import { shellBlocks } from './shellBlocks.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Why a block is not run here. */
export const NEEDS: Readonly<Record<string, string>> = {
  docker: 'the image is built and pushed by hand; nothing here has a registry',
  build: 'make and npm build in the clone: test/packaging/npmPackage.test.ts and the demo do',
  helm: 'test/cluster/helm.test.ts does the same with a control plane of its own',
  nodes: 'logs, forwarded ports, and files of nodes: here are none',
  log: 'test/audit/leastPrivilege makes a log of its own',
  release: 'it is about what a release has published',
  'two-versions': 'there is one',
  'no-operator': 'test/cluster/lifecycle.test.ts has what happens without one',
};

/** A page that is read, and what stands for the words in capitals in it. */
export interface Page {
  readonly path: string;
  readonly names?: Readonly<Record<string, string>>;
}

const page = (path: string): Page => ({ path: `docs/${path}` });

const RUNBOOKS: readonly Page[] = globSync('docs/runbooks/*.md', { cwd: ROOT })
  .sort()
  .map((path) => {
    const name = path.includes('Waiver') ? 'legacy-mesh' : path.includes('Audit') ? 'audit' : 'restricted';
    return { path, names: { NAMESPACE: 'payments', NAME: name } };
  });

/** Pages that are read one after the other, as somebody new reads them: in a clone, with a new cluster. */
export const WAYS: Readonly<Record<string, readonly Page[]>> = {
  'who installs, writes a baseline, upgrades and removes': [
    page('install.md'),
    page('writing-a-baseline.md'),
    page('upgrade-and-removal.md'),
  ],
  'who goes from Audit to Enforce': [page('audit-to-enforce.md')],
  'who begins with the README, and runs it from day to day': [
    { path: 'README.md' },
    ...['waivers.md', 'monitoring.md', 'status.md', 'status-page.md', 'reports.md', 'gitops.md'].map(page),
    ...['gate-pull-requests.md', 'admission.md', 'audit.md', 'audit-agent.md', 'audit-delivery.md'].map(page),
    ...['audit-receiver.md', 'audit-proof.md', 'least-privilege.md', 'reliability.md', 'release.md'].map(page),
    ...RUNBOOKS,
  ],
};

/** The pages for people who use it that have commands; those of CONTRIBUTING.md are for people who change it. */
export const pagesWithCommands = (): readonly string[] =>
  ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].filter((path) => blocksOf({ path }).length > 0).sort();

/** The blocks of a page, with names in place of the words in capitals. */
export const blocksOf = ({ path, names = {} }: Page): readonly ShellBlock[] =>
  shellBlocks(readFileSync(join(ROOT, path), 'utf8')).map((block) => ({
    ...block,
    commands: block.commands.replaceAll(/\b[A-Z]+\b/g, (word) => names[word] ?? word),
  }));

/** What every cluster has. */
export const FOUND: readonly NewObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { selector: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
  },
];

const namespace = (name: string): NewObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** A kind of somebody else's, as far as it takes any object. */
const kindOf = (group: string, version: string, kind: string): NewObject => {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
};

/** What is there where somebody works: by the first page that is read. */
export const FOUND_BEFORE: Readonly<Record<string, readonly NewObject[]>> = {
  'docs/audit-to-enforce.md': ['payments', 'checkout'].map(namespace),
  'README.md': [
    ...['monitoring', 'argocd'].map(namespace),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm', namespace: 'argocd' } },
    kindOf('monitoring.coreos.com', 'v1', 'PodMonitor'),
    kindOf('monitoring.coreos.com', 'v1', 'PrometheusRule'),
    kindOf('openreports.io', 'v1alpha1', 'Report'),
  ],
};
