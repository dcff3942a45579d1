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
  NotServed: [
    'warning',
    'An object is of a kind, in a group or version, that no supported API server has; nothing was decided from it.',
    'The message says what to write instead.',
  ],
  NotBuilt: [
    'warning',
    'A directory below those that were named is a Helm chart or a kustomization; what these make was not judged.',
    'Name the directory of the kustomization itself, give the objects of a chart by a pipe, or leave them out by --ignore.',
  ],
  DefinedTwice: [
    'warning',
    'Files hold two objects of one kind and name that are not alike; only the last was judged.',
    'Delete one, or name the files of one environment alone.',
  ],
  FieldTwice: [
    'warning',
    'A field stands twice in one object; the last was judged, and other tools may take the first, or refuse the file.',
    'Leave one of them.',
  ],
  NamespaceLabelsUnknown: [
    'warning',
    'Objects are in a namespace whose labels decide who governs it, and no file has them.',
    'Add the manifest of the namespace, or write -n NAMESPACE --namespace-labels KEY=VALUE.',
  ],
  WaiverRefused: [
    'error',
    'A waiver would live too long, or when it ends cannot be read: it waives nothing.',
    'Write an expiresAt at most 366 days away, or make a new waiver.',
  ],
  WaiverExpired: [
    'warning',
    'A waiver is over: it waives nothing.',
    'Delete it, or make a new one with a reason of today.',
  ],
  WaiverInert: [
    'info',
    'A waiver matches nothing that the files hold: no namespace, no section that is governed, or no object.',
    'Correct what it names, or delete it; nothing, where what it is about is only in the cluster.',
  ],
} as const satisfies Readonly<Record<string, readonly [Severity, string, string]>>;

export type OwnRule = keyof typeof OWN;

export const OWN_RULES: readonly Rule[] = Object.entries(OWN).map(
  ([id, [severity, summary, help]]): Rule => ({ id, severity, summary, help }),
);

export const severityOfOwn = (rule: OwnRule): Severity => OWN[rule][0];

/** All that can be found, by what it is called. */
export const FINDING_RULES: readonly Rule[] = [
  ...OWN_RULES,
  ...Object.entries(HELP).map(([id, { means, fix }]): Rule => ({ id, severity: 'warning', summary: means, help: fix })),
];
