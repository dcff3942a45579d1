import type { Rule, Severity } from '../format/report.ts';
import texts from './help.json' with { type: 'json' };

export interface Help {
  /** What is the case. */
  readonly means: string;
  readonly fix: string;
}

const HELP: Readonly<Record<string, Help>> = texts.reasons;

/** What a reason means and what to do about it, as in docs/findings.md; undefined for a reason that is not there. */
export const helpOf = (reason: string): Help | undefined => (Object.hasOwn(HELP, reason) ? HELP[reason] : undefined);

/** What is found in files before anything is decided from them. */
const OWN = {
  Unreadable: [
    'error',
    'A file cannot be read at all, so nothing is known of what it holds.',
    'Write it as YAML or JSON in UTF-8.',
  ],
  InvalidObject: [
    'error',
    'An API server would refuse the object, or drop a part of it without a word.',
    'The message says what to write instead.',
  ],
  NamespaceLabelsUnknown: [
    'warning',
    'Objects are in a namespace whose labels decide who governs it, and no file has them.',
    'Add the manifest of the namespace, or write -n NAMESPACE --namespace-labels KEY=VALUE.',
  ],
} as const satisfies Readonly<Record<string, readonly [Severity, string, string]>>;

export type OwnRule = keyof typeof OWN;

export const severityOfOwn = (rule: OwnRule): Severity => OWN[rule][0];

/** All that can be found, by what it is called. */
export const FINDING_RULES: readonly Rule[] = [
  ...Object.entries(OWN).map(([id, [severity, summary, help]]): Rule => ({ id, severity, summary, help })),
  ...Object.entries(HELP).map(([id, { means, fix }]): Rule => ({ id, severity: 'warning', summary: means, help: fix })),
];
