import type { NewObject } from '../support/kubeAdmin.ts';

/** A rule of a Role or ClusterRole in a manifest. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export const named = (objects: readonly NewObject[], kind: string, name: string): NewObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};

export const rulesOf = (role: NewObject): readonly Rule[] => (role.rules ?? []) as readonly Rule[];

/** Each verb on each resource: `create networkpolicies.networking.k8s.io`, with the name if the rule is for one. */
export const rightsOf = (rules: readonly Rule[]): readonly string[] =>
  rules
    .flatMap(({ apiGroups = [], resources = [], resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) => resourceNames.map((name) => right(verb, group, resource, name))),
        ),
      ),
    )
    .sort();

const right = (verb: string, group: string, resource: string, name: string | undefined): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;

export const isWrite = (text: string): boolean => !/^(get|list|watch) /.test(text);
