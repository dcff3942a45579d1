import { evaluate } from '@marcbachmann/cel-js';

/** An entry of `healthCheckExprs` (fluxcd/kustomize-controller, docs/spec/v1/kustomizations.md, "Health check expressions"). */
export interface HealthCheckExprs {
  readonly apiVersion: string;
  readonly kind: string;
  readonly inProgress?: string;
  readonly failed?: string;
  readonly current: string;
}

/** What Flux makes of an object: in this order, and what is none of them is in progress. */
export function evaluateExprs(exprs: HealthCheckExprs, object: object): 'InProgress' | 'Failed' | 'Current' {
  const holds = (expression: string | undefined): boolean =>
    expression !== undefined && evaluate(expression, { ...object }) === true;
  if (holds(exprs.inProgress)) return 'InProgress';
  if (holds(exprs.failed)) return 'Failed';
  return holds(exprs.current) ? 'Current' : 'InProgress';
}
