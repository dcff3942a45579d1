import type { Held } from '../core/govern/held.ts';
import type { NamespaceBody } from '../core/model/bodies.ts';
import { heldOf } from '../core/outcome/report.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import { reportIn } from './reportIn.ts';

/** What namespaces are held to (THREATS 14): by the memory of this process, else by their BaselineReports. */
export interface Records {
  of(namespace: string): Held;
  put(namespace: string, held: Held): void;
  /**
   * Whether it is another one than was looked at under its name before: then it is held to nothing yet, whatever the report
   * of the first says that is still known here. A gap in the watch tells of no end.
   */
  isAnew(namespace: Entry<NamespaceBody>): boolean;
  gone(namespace: string): void;
}

export function createRecords(index: ObjectIndex): Records {
  const helds = new Map<string, Held>();
  const uids = new Map<string, string>();
  return {
    of: (namespace) => helds.get(namespace) ?? heldOf(reportIn(index, namespace)?.body.report),
    put: (namespace, held) => void helds.set(namespace, held),
    isAnew: ({ name, uid }) => {
      const known = uids.get(name);
      uids.set(name, uid);
      if (known === undefined || known === uid) return false;
      helds.set(name, []);
      return true;
    },
    gone: (namespace) => {
      helds.delete(namespace);
      // While its report is known, whoever comes next must not be taken for it.
      if (reportIn(index, namespace) === undefined) uids.delete(namespace);
    },
  };
}
