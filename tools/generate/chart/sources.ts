import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, matchesGlob } from 'node:path';
import { parse } from 'yaml';
import type { GeneratedFile, Generator } from '../generator.ts';
import { ROOT } from '../stale.ts';

/** A manifest, and which part of the chart it belongs to. */
export interface Source {
  readonly part: string;
  readonly path: string;
}

/** Reads a file of the repository; one that is generated as it is going to be. */
export interface Read {
  (path: string): Promise<string>;
  /** Of all that are generated. */
  readonly made: readonly string[];
}

export async function reader(generators: readonly Generator[]): Promise<Read> {
  const made: readonly GeneratedFile[] = (await Promise.all(generators.map((one) => one.files()))).flat();
  const contents = new Map(made.map(({ path, content }) => [path, content]));
  const read = async (path: string): Promise<string> => contents.get(path) ?? readFile(join(ROOT, path), 'utf8');
  return Object.assign(read, { made: [...contents.keys()] });
}

/** The kustomizations that a part of the chart each is. A release is made in a namespace that is there, so that one is none of it. */
const PARTS: Readonly<Record<string, { readonly from: string; readonly without: readonly string[] }>> = {
  operator: { from: 'manifests/base', without: ['../../crds', 'namespace.yaml'] },
  'audit-receiver': { from: 'manifests/audit-receiver', without: [] },
  'audit-agent': { from: 'manifests/audit-agent', without: [] },
  admission: { from: 'manifests/admission', without: [] },
  'namespace-labels': { from: 'manifests/namespace-labels', without: [] },
  'policy-reports': { from: 'manifests/policy-reports', without: [] },
  monitors: { from: 'manifests/monitors', without: [] },
};
/** Parts that are whatever files lie there. */
const FOLDERS: Readonly<Record<string, string>> = {
  'audit-only': 'manifests/overlays/audit-only/*.yaml',
  'audit-agent-metrics': 'manifests/overlays/audit-agent-metrics/*.yaml',
  'audit-proof': 'manifests/overlays/audit-proof/*.yaml',
  alerts: 'manifests/alerts/*.yaml',
  dashboards: 'manifests/dashboards/*.json',
};

/** The manifests that the chart is made of. */
export async function sourcesOf(read: Read): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const [part, { from, without }] of Object.entries(PARTS)) {
    sources.push(...(await resourcesOf(read, from, without)).map((path) => ({ part, path })));
  }
  for (const [part, pattern] of Object.entries(FOLDERS)) {
    // One that is new is not there yet.
    const made = read.made.filter((path) => matchesGlob(path, pattern));
    const files = new Set([...globSync(pattern, { cwd: ROOT }), ...made]);
    const manifests = [...files].filter((path) => basename(path) !== 'kustomization.yaml');
    sources.push(...manifests.sort().map((path) => ({ part, path })));
  }
  const places = sources.map(({ part, path }) => `${part}/${basename(path)}`);
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice !== undefined) throw new Error(`two manifests of the chart would be ${twice}: rename one`);
  return sources;
}

/** The files of a kustomization, and of those that are resources of it. */
async function resourcesOf(read: Read, from: string, without: readonly string[]): Promise<readonly string[]> {
  const { resources } = parse(await read(`${from}/kustomization.yaml`)) as { readonly resources: readonly string[] };
  const paths = resources.filter((one) => !without.includes(one)).map((one) => join(from, one));
  const files = await Promise.all(paths.map((path) => (path.endsWith('.yaml') ? [path] : resourcesOf(read, path, []))));
  return files.flat();
}
