import type { BaselineWaiverSpec } from '../../api/types.ts';
import { matchesGlob } from '../../k8s/glob.ts';

/** What the engine knows of one BaselineWaiver. Times are milliseconds since 1970; NaN where they could not be read. */
export interface Waiver {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly spec: BaselineWaiverSpec;
  readonly createdAtMs: number;
  /** When the operator first saw this generation; its status keeps it. */
  readonly seenAtMs: number;
  readonly expiresAtMs: number;
}

/** `audit.policy` and `admission` guard the whole cluster (THREATS 16); the schema refuses them before. */
const isWaivable = (control: string): boolean => !control.startsWith('audit') && !control.startsWith('admission');

/** What a waiver waives: a binding to a Role that is not there is no use to anybody, so it goes with the Roles. */
export function controlsOf({ controls }: BaselineWaiverSpec): readonly string[] {
  const waivable = controls.filter(isWaivable);
  const withBindings = waivable.includes('rbac.roles') && !waivable.includes('rbac.role-bindings');
  return withBindings ? [...waivable, 'rbac.role-bindings'] : waivable;
}

/** A pattern without a letter or digit stands for all, and all is nobody (THREATS 16); the schema refuses it before. */
const saysSomething = (glob: string): boolean => /[a-z0-9]/.test(glob);

export const isPattern = (glob: string): boolean => glob.includes('*') || glob.includes('?');

/** Whether a waiver names a namespace. */
export const namesNamespace = ({ namespaces }: BaselineWaiverSpec, namespace: string): boolean =>
  namespaces.some((glob) => saysSomething(glob) && matchesGlob(glob, namespace));

/** Whether the same waivers hold as before: then nothing has to be done again. */
export const sameWaivers = (a: readonly Waiver[], b: readonly Waiver[]): boolean =>
  a.length === b.length && a.every(({ uid, generation }, i) => uid === b[i]?.uid && generation === b[i]?.generation);
