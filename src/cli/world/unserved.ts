import { GROUP } from '../../api/names.ts';
import { KINDS } from '../../core/kinds/kinds.ts';
import { record, text } from '../../k8s/json.ts';
import { apiVersionOf } from '../../k8s/kind.ts';
import { groupOf } from './manifestObject.ts';

/** Several versions of it are served. */
const SEVERAL: ReadonlySet<string> = new Set(['admissionregistration.k8s.io']);

/**
 * What to write instead where a document has the kind of something that baselines are about in a spelling, a group or a version
 * that no supported server has; undefined where a server may have it. Groups with a dot are anybody's, but for those of
 * Kubernetes.
 */
export function unservedMessage(value: unknown): string | undefined {
  const { apiVersion, kind } = record(value);
  const group = groupOf(apiVersion);
  const isKubernetes = !group.includes('.') || group.endsWith('.k8s.io');
  if (text(apiVersion) === '' || !isKubernetes || group === GROUP) return undefined;
  const row = KINDS.find((one) => [one.kind, one.plural].some((name) => isSame(name, text(kind))));
  if (row === undefined || row.group === GROUP) return undefined;
  const written = apiVersionOf(row);
  const isServed = row.kind === kind && (written === apiVersion || (row.group === group && SEVERAL.has(group)));
  return isServed
    ? undefined
    : `no server has ${text(apiVersion)} ${text(kind)}, so it was not judged: write apiVersion: ${written} and kind: ${row.kind}`;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
