import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { HEALTH_DIR } from '../../../tools/generate/argoHealth.ts';
import { evaluateExprs } from './fluxExprs.ts';
import { runLua } from './lua.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LUA = readFileSync(join(ROOT, HEALTH_DIR, 'health.lua'), 'utf8');
const [EXPRS] = parse(readFileSync(join(ROOT, 'manifests/gitops/flux/kustomization.yaml'), 'utf8')).spec
  .healthCheckExprs;

/** What Argo CD makes of a SecurityBaseline, by the health check that is shipped. */
export const argoHealth = (object: unknown): Readonly<Record<string, string>> => runLua(LUA, object);

/** What Flux makes of it, by the expressions that are shipped. */
export const fluxHealth = (object: object): 'InProgress' | 'Failed' | 'Current' => evaluateExprs(EXPRS, object);
