import type { Projection } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { WholeBody } from '../model/bodies.ts';

/** Of the account of others the one field that is ours: whether its token is mounted. */
export function projectServiceAccount(raw: KubeObject): Projection<WholeBody> {
  const { automountServiceAccountToken } = record(raw);
  const whole = typeof automountServiceAccountToken === 'boolean' ? { automountServiceAccountToken } : {};
  return { body: { whole }, labels: {} };
}
