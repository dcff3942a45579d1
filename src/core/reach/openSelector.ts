import { list, record, text, textRecord, texts } from '../../k8s/json.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import { matchesSelector } from '../../k8s/selector.ts';

/** A namespace nobody has made yet. Every namespace has this label, set by the API server (NamespaceDefaultLabelName). */
const FRESH_NAMESPACE = { 'kubernetes.io/metadata.name': ' ' };

/**
 * Whether a namespaceSelector accepts namespaces without being told which: one without labels, or one with only the label
 * that all have, so that `kubernetes.io/metadata.name Exists` counts (THREATS 20).
 */
export function acceptsAnyNamespace(selector: unknown): boolean {
  const readable = selectorOf(selector);
  return matchesSelector(readable, {}) || matchesSelector(readable, FRESH_NAMESPACE);
}

/**
 * Whether a podSelector names values that pods must have. `Exists` alone does not: most pods have `app` or
 * `pod-template-hash`, so it would be a way around.
 */
export function pinsPods(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = selectorOf(selector);
  return (
    Object.keys(matchLabels ?? {}).length > 0 ||
    (matchExpressions ?? []).some(({ operator, values }) => operator === 'In' && (values ?? []).length > 0)
  );
}

/** A selector as somebody wrote it, in the one form in which it is matched. */
export function selectorOf(value: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = record(value);
  return {
    matchLabels: textRecord(matchLabels),
    matchExpressions: list(matchExpressions).map((item) => {
      const { key, operator, values } = record(item);
      return { key: text(key), operator: text(operator), values: texts(values) };
    }),
  };
}
