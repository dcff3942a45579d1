import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { healthDir } from '../../../tools/generate/argoHealth.ts';
import type { HealthCheckExprs } from './fluxExprs.ts';
import { evaluateExprs } from './fluxExprs.ts';
import { runLua } from './lua.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXPRS: readonly HealthCheckExprs[] = parse(
  readFileSync(join(ROOT, 'manifests/gitops/flux/kustomization.yaml'), 'utf8'),
).spec.healthCheckExprs;

/** An object of ours, as it is served. */
interface Served {
  readonly kind: string;
}

/** What Argo CD makes of an object, by the health check of its kind that is shipped. */
export const argoHealth = (object: Served): Readonly<Record<string, string>> =>
  runLua(readFileSync(join(ROOT, healthDir(object.kind), 'health.lua'), 'utf8'), object);

/** What Flux makes of it, by the expressions that are shipped. */
export function fluxHealth(object: Served): 'InProgress' | 'Failed' | 'Current' {
  const exprs = EXPRS.find(({ kind }) => kind === object.kind);
  if (exprs === undefined) throw new Error(`there are no health check expressions for ${object.kind}`);
  return evaluateExprs(exprs, object);
}
