import { Document, isNode } from 'yaml';
import { asciiLine, asciiYaml } from '../../audit/asciiYaml.ts';
import type { Grant } from '../../audit/propose/grants.ts';
import type { Proposal } from '../../audit/propose/proposal.ts';
import type { RuleEvidence } from '../../audit/propose/ruleEvidence.ts';
import { ruleEvidence } from '../../audit/propose/ruleEvidence.ts';
import type { UsageEntry } from '../../audit/usage/usage.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';

/** With annotations that say what it rests on; they stay with the object in the cluster. */
export function annotated(object: KubeObject, { subject, observed, confidence }: Proposal): KubeObject {
  const annotations = {
    'drawbridge.dev/observed-subject': subject,
    'drawbridge.dev/observed-from': observed?.first ?? '',
    'drawbridge.dev/observed-to': observed?.last ?? '',
    'drawbridge.dev/observed-requests': String(confidence.uses),
    'drawbridge.dev/confidence': confidence.level,
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** An object as YAML, each of its rules under a comment that says how often it was used, and when. */
export function objectYaml(object: KubeObject, used: readonly UsageEntry[], grants: readonly Grant[]): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  const rules = (object.rules ?? []) as readonly PolicyRule[];
  rules.forEach((rule, index) => {
    const node = document.getIn(['rules', index], true);
    const evidence = ruleEvidence(rule, object.metadata.namespace ?? '', used, grants);
    if (isNode(node)) node.commentBefore = ` ${asciiLine(describeEvidence(evidence))}`;
  });
  const text = document.toString({ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
  // Comments have none, so these are within quotes, where a parser of YAML 1.1 might take them for a line's end.
  return asciiYaml(text);
}

const MAX_NAMES = 5;

function describeEvidence(evidence: RuleEvidence | undefined): string {
  if (evidence === undefined) return 'not used';
  const { count, seen, allowedBy, names } = evidence;
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return [
    `${count} ${count === 1 ? 'request' : 'requests'}`,
    seen.first === seen.last ? seen.first : `${seen.first} to ${seen.last}`,
    ...(allowedBy.length > 0 ? [`by ${allowedBy.join(', ')}`] : []),
    ...(names.length > 0 ? [`on ${shown}${names.length > MAX_NAMES ? ', and others' : ''}`] : []),
  ].join('; ');
}
