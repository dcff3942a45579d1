import type { Fields } from './fields.ts';
import { readFields } from './fields.ts';
import type { AuditPolicy, AuditRule, GroupResources, Mistake } from './policy.ts';
import { LEVELS, STAGES } from './policy.ts';

/** The policy, or all that is wrong with it. */
export type Decoded =
  | { readonly policy: AuditPolicy; readonly mistakes: readonly [] }
  | { readonly policy: undefined; readonly mistakes: readonly Mistake[] };

export const API_VERSION = 'audit.k8s.io/v1';
const KIND = 'Policy';
const POLICY_FIELDS = ['apiVersion', 'kind', 'metadata', 'omitStages', 'omitManagedFields', 'rules'];
const METADATA_FIELDS = ['name', 'namespace', 'labels', 'annotations', 'creationTimestamp'];
const RULE_FIELDS = [
  'level',
  'users',
  'userGroups',
  'verbs',
  'resources',
  'namespaces',
  'nonResourceURLs',
  'omitStages',
  'omitManagedFields',
];
const RESOURCE_FIELDS = ['group', 'resources', 'resourceNames'];

/**
 * Reads what a YAML or JSON parser made of an audit policy, strictly: everything that kube-apiserver refuses as no policy
 * is a mistake, and so is every field and type that it would silently drop or ignore.
 */
export function decodePolicy(value: unknown): Decoded {
  const mistakes: Mistake[] = [];
  const fields = readFields(value, '', POLICY_FIELDS, mistakes);
  const [apiVersion, kind] = [fields.text('apiVersion'), fields.text('kind')];
  if (apiVersion !== API_VERSION) fields.note('apiVersion', `write ${API_VERSION}: no server since 1.24 reads another`);
  if (kind !== KIND) fields.note('kind', `write ${KIND}`);
  readMetadata(fields);
  const policy: AuditPolicy = {
    omitStages: fields.choices('omitStages', STAGES),
    omitManagedFields: fields.flag('omitManagedFields') ?? false,
    rules: fields.objects('rules', RULE_FIELDS).map(ruleOf),
  };
  // kube-apiserver exits over this, though its validation does not say so (audit/policy/reader.go).
  if (policy.rules.length === 0)
    fields.note('rules', 'there must be one at least: - level: Metadata matches everything');
  return mistakes.length === 0 ? { policy, mistakes: [] } : { policy: undefined, mistakes };
}

/** It means nothing to the server, which ends all the same when it is malformed. */
function readMetadata(fields: Fields): void {
  const metadata = fields.object('metadata', METADATA_FIELDS);
  metadata?.text('name');
  metadata?.text('namespace');
  if (metadata?.text('creationTimestamp') !== undefined) metadata.note('creationTimestamp', 'leave it out');
  for (const field of ['labels', 'annotations']) {
    const texts = metadata?.object(field, undefined);
    for (const name of texts?.names ?? []) texts?.text(name);
  }
}

const ruleOf = (fields: Fields): AuditRule => ({
  // None is what a server does without a rule; a policy with a mistake in it is not given out.
  level: fields.choice('level', LEVELS) ?? 'None',
  users: fields.texts('users'),
  userGroups: fields.texts('userGroups'),
  verbs: fields.texts('verbs'),
  resources: fields.objects('resources', RESOURCE_FIELDS).map(resourcesOf),
  namespaces: fields.texts('namespaces'),
  nonResourceURLs: fields.texts('nonResourceURLs'),
  omitStages: fields.choices('omitStages', STAGES),
  omitManagedFields: fields.flag('omitManagedFields'),
});

const resourcesOf = (fields: Fields): GroupResources => ({
  group: fields.text('group') ?? '',
  resources: fields.texts('resources'),
  resourceNames: fields.texts('resourceNames'),
});
