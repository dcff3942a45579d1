import { parseAllDocuments } from 'yaml';
import { logLines } from '../../../src/cli/audit/logLines.ts';
import type { LogUsage } from '../../../src/cli/audit/readUsage.ts';
import { readUsage } from '../../../src/cli/audit/readUsage.ts';
import { runPropose } from '../../../src/cli/audit/runPropose.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { escalationIds } from '../../../src/k8s/rbac/escalationPaths.ts';

/** What a log file shows. */
export const usageIn = (path: string): Promise<LogUsage> => readUsage([{ name: path, lines: logLines(path) }]);

/** The manifests that the command writes for one user, everything approved, as they are in its YAML. */
export function manifestsFor(log: LogUsage, subject: string): readonly KubeObject[] {
  const { output } = runPropose(
    { ...log, grants: undefined },
    { output: 'yaml', subjects: [subject], approved: escalationIds() },
  );
  return parseAllDocuments(output)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

export const rolesIn = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');

/** Those that were proposed as they are, and those that were approved: each set must be as small as can be by itself. */
export function setsOf(roles: readonly KubeObject[]): readonly (readonly KubeObject[])[] {
  const isApproved = ({ metadata }: KubeObject): boolean => metadata.name.includes('approved');
  return [roles.filter((role) => !isApproved(role)), roles.filter(isApproved)];
}

/** The bindings bind somebody else. */
export const retargeted = (objects: readonly KubeObject[], subject: object): readonly KubeObject[] =>
  objects.map((object) => (object.subjects === undefined ? object : { ...object, subjects: [subject] }));
