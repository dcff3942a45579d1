import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { NewObject } from '../kubeAdmin.ts';
import { findHelm } from './binary.ts';

export const CHART = fileURLToPath(new URL('../../../charts/drawbridge', import.meta.url));

/** Values of the chart, besides the standard ones. */
export type Values = Readonly<Record<string, unknown>>;

export interface HelmRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs helm, which knows of no settings of the user's; whatever its exit code, it resolves. */
export async function helm(args: readonly string[], values?: Values): Promise<HelmRun> {
  const settings = join(tmpdir(), 'drawbridge-helm');
  const places = ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(settings, name)] as const);
  const env = { PATH: process.env.PATH, HOME: settings, ...Object.fromEntries(places) };
  const from = values === undefined ? [] : ['--values', '-'];
  const child = spawn(await findHelm(), [...args, ...from], { env, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined).end(JSON.stringify(values ?? {}));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** @throws with what helm says when it fails */
export async function helmOrThrow(args: readonly string[], values?: Values): Promise<string> {
  const { code, stdout, stderr } = await helm(args, values);
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

/** The objects of the chart with these values. */
export async function renderChart(values: Values = {}, namespace = 'drawbridge-system'): Promise<readonly NewObject[]> {
  const stdout = await helmOrThrow(['template', 'drawbridge', CHART, '--namespace', namespace], values);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as NewObject | null)
    .filter((object) => object !== null);
}
