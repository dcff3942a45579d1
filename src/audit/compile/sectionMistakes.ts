import type { Fields } from '../fields.ts';
import { readFields } from '../fields.ts';
import type { AuditRule, Mistake } from '../policy.ts';
import { LEVELS } from '../policy.ts';
import { validatePolicy } from '../validate.ts';
import { catchAll } from './bounds.ts';
import { groupResourcesOf, readSection } from './section.ts';

const SECTION_FIELDS = ['enforcement', 'level', 'rules'];
const RULE_FIELDS = ['level', 'users', 'userGroups', 'verbs', 'resources', 'nonResourceURLs'];
const RESOURCE_FIELDS = ['group', 'resources', 'resourceNames'];
const MAX_RULES = 48;
const MAX_RESOURCES = 16;
const MAX_GROUP_CHARS = 253;
/** Entries of a list, and characters of each (api/schema/audit.ts). */
const BOUNDS = {
  users: [32, 512],
  userGroups: [32, 512],
  verbs: [16, 63],
  nonResourceURLs: [32, 253],
  resources: [32, 127],
  resourceNames: [32, 253],
} as const;
const WRITE_OUT =
  'a rule of level None is written out: verbs, users or userGroups, and resources by name, or verbs and nonResourceURLs';

/**
 * What an API server refuses in the `audit` section of a baseline, or would leave out of it without a word: for sections that
 * come from a file. A test holds it to the CRD. `minor`: 36 for 1.36. The lints say the rest.
 */
export function sectionMistakes(value: unknown, minor: number): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const fields = readFields(value, '', SECTION_FIELDS, mistakes);
  fields.choice('level', LEVELS);
  if (fields.names.includes('enforcement')) fields.choice('enforcement', ['Audit', 'Enforce']);
  const rules = fields.objects('rules', RULE_FIELDS);
  bound(fields, 'rules', rules, MAX_RULES);
  for (const rule of rules) readRule(rule);
  return mistakes.length > 0 ? mistakes : refused(value, minor);
}

function readRule(rule: Fields): void {
  const level = rule.choice('level', LEVELS);
  const who = words(rule, 'users').length + words(rule, 'userGroups').length;
  const verbs = words(rule, 'verbs');
  const urls = words(rule, 'nonResourceURLs');
  const resources = rule.objects('resources', RESOURCE_FIELDS);
  bound(rule, 'resources', resources, MAX_RESOURCES, 1);
  const named = resources.map(readResources);
  const isWrittenOut = urls.length > 0 || (who > 0 && named.length > 0 && named.every((names) => names.length > 0));
  if (level === 'None' && !(verbs.length > 0 && isWrittenOut)) rule.note('level', WRITE_OUT);
}

function readResources(fields: Fields): readonly string[] {
  const group = fields.text('group');
  // An absent one would be the core group, and a misspelt one is absent (THREATS 8).
  if (group === undefined) fields.note('group', 'it is required: write "" for the core group');
  if (group === '*') fields.note('group', 'a star is no group here: name the groups one by one');
  if ((group ?? '').length > MAX_GROUP_CHARS) fields.note('group', tooLong(MAX_GROUP_CHARS));
  const resources = words(fields, 'resources');
  resources.forEach((name, index) => {
    if (name === name.toLowerCase()) return;
    fields.note(`resources[${index}]`, 'write a resource in lower case and plural: pods instead of Pod');
  });
  words(fields, 'resourceNames');
  return resources;
}

function words(fields: Fields, field: keyof typeof BOUNDS): readonly string[] {
  const [maxItems, maxChars] = BOUNDS[field];
  const texts = fields.texts(field);
  bound(fields, field, texts, maxItems, 1);
  texts.forEach((text, index) => {
    if (text === '') fields.note(`${field}[${index}]`, 'it is empty: leave it out');
    if (text.length > maxChars) fields.note(`${field}[${index}]`, tooLong(maxChars));
  });
  return texts;
}

const tooLong = (maxChars: number): string => `it is too long: write at most ${maxChars} characters`;

function bound(fields: Fields, field: string, items: readonly unknown[], max: number, min = 0): void {
  if (items.length > max) fields.note(field, `it has ${items.length} entries: write at most ${max}`);
  if (items.length < min && fields.names.includes(field)) {
    fields.note(field, 'it is empty: leave it out, which asks for nothing');
  }
}

/** A server of the compiled policy would refuse it, at the same path. */
function refused(value: unknown, minor: number): readonly Mistake[] {
  const rules = (readSection(value)?.rules ?? []).map(
    (rule): AuditRule => ({
      ...catchAll(rule.level),
      nonResourceURLs: rule.nonResourceURLs ?? [],
      resources: (rule.resources ?? []).map(groupResourcesOf),
    }),
  );
  return validatePolicy({ omitStages: [], omitManagedFields: true, rules }, minor);
}
