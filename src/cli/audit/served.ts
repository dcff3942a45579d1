import type { LintContext } from '../../audit/lint.ts';
import { list, record, text } from '../../k8s/json.ts';
import { UsageError } from '../exitCodes.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

/**
 * What a server serves, from files that hold its APIResourceLists: kubectl keeps them in its discovery cache.
 * @throws UsageError where one cannot be read, or the core group is missing: what is not there would be taken for not served
 */
export async function servedIn(path: string, terminal: Terminal): Promise<NonNullable<LintContext['served']>> {
  const served = new Map<string, Set<string>>();
  for await (const source of readSources([path], terminal)) {
    for (const document of documentsOf(source)) {
      if (document.type === 'broken')
        throw new UsageError(`${printable(document.file)}: ${printable(document.message)}`);
      const { kind, groupVersion, resources } = record(document.value);
      if (kind !== 'APIResourceList') continue;
      const group = groupOf(text(groupVersion));
      const names = served.get(group) ?? new Set<string>();
      served.set(group, names);
      for (const resource of list(resources)) names.add(text(record(resource).name));
    }
  }
  if (served.get('')?.has('pods') !== true) throw new UsageError(`${printable(path)}: ${INCOMPLETE}`);
  return served;
}

const INCOMPLETE =
  'it holds no APIResourceList of the core group: name the directory of one server in ~/.kube/cache/discovery, after kubectl api-resources';

/** `apps` of `apps/v1`, and the empty name of `v1`. */
const groupOf = (groupVersion: string): string =>
  groupVersion.includes('/') ? (groupVersion.split('/')[0] ?? '') : '';
