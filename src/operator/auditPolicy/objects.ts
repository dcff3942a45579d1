import { AUDIT_POLICY_NAME, CONTROL_LABEL, MANAGED_BY, MANAGED_BY_LABEL } from '../../api/names.ts';
import type { AuditSections } from '../../audit/compile/publication.ts';
import { readSection } from '../../audit/compile/section.ts';
import type { WholeBody } from '../../core/model/bodies.ts';
import type { Desired } from '../../core/plan/change.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record, text } from '../../k8s/json.ts';

/** The key of the policy, in the ConfigMap that holds it. */
export const POLICY_KEY = 'policy.yaml';
export const CONTROL = 'audit.policy';
const LABELS = { [MANAGED_BY_LABEL]: MANAGED_BY, [CONTROL_LABEL]: CONTROL };
const HASH_CHARS = 16;

export const policyName = (hash: string): string => `${AUDIT_POLICY_NAME}-${hash.slice(0, HASH_CHARS)}`;

/** One policy, under a name that is its hash: nobody can change it, and another one has another name. */
export const policyObject = (policy: string): Desired => ({
  apiVersion: 'v1',
  labels: LABELS,
  body: { data: { [POLICY_KEY]: policy }, immutable: true },
});

/** @param before the policy that was published before this one; its ConfigMap is kept, to go back to */
export const pointerObject = (hash: string, before: string | undefined, sections: AuditSections): Desired => ({
  apiVersion: 'v1',
  labels: LABELS,
  body: {
    data: {
      configMap: policyName(hash),
      sha256: hash,
      ...(before === undefined ? {} : { previous: before }),
      // The durable record of what was good: a section that lints badly from now on stays as it is here.
      sections: JSON.stringify(sections),
    },
  },
});

/** What a ConfigMap that is watched holds under a key; `''` where there is none. */
export const dataOf = (entry: Entry | undefined, key: string): string =>
  text(record(record((entry as Entry<WholeBody> | undefined)?.body?.whole).data)[key]);

/** What the pointer remembers; nothing where it is gone or is not to be read. */
export function sectionsIn(pointer: Entry | undefined): AuditSections {
  try {
    const written = Object.entries(record(JSON.parse(dataOf(pointer, 'sections') || '{}')));
    return Object.fromEntries(
      written.flatMap(([uid, value]) => {
        const section = readSection(value);
        return section === undefined ? [] : [[uid, section]];
      }),
    );
  } catch {
    return {};
  }
}
