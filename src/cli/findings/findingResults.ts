import { SECURITY_BASELINE } from '../../api/names.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { AttributedFinding, Change } from '../../core/plan/change.ts';
import type { Evaluation } from '../../core/plan/evaluate.ts';
import { grouped } from '../../k8s/grouped.ts';
import { describeRef } from '../../k8s/ref.ts';
import type { ManifestDocument } from '../files/documents.ts';
import type { Position } from '../files/position.ts';
import { BEGIN } from '../files/position.ts';
import type { Result, Severity } from '../format/report.ts';
import { printable, shortPrintable } from '../printable.ts';
import type { World } from '../world/world.ts';

/** Stands for a file where an object is in none. */
export const CLUSTER = '<cluster>';

/** A finding with where it comes from. */
export interface PlacedFinding {
  readonly finding: AttributedFinding;
  /** Of the namespace that was looked at; `''` is the cluster. */
  readonly namespace: string;
  /** The change that the finding is about, if it is about one. */
  readonly change?: Change;
}

/**
 * How bad a finding is for whoever runs a command. What is not known of the cluster is no fault of a file: `info`. What is
 * waived, or only tried out, fails nobody either.
 */
export function severityOf({ result, severity, reason }: Finding, isShadow: boolean): Severity {
  if (isShadow) return 'info';
  if (result === 'fail') return severity === 'low' ? 'warning' : 'error';
  if (result === 'warn') return 'warning';
  return result === 'unknown' && !isAboutFact(reason) ? 'warning' : 'info';
}

/** A fact that files do not tell: by their convention, reasons of such end so. */
export const isAboutFact = (reason: string): boolean => reason.endsWith('Unknown');

/** Without what a baseline on trial would make: files hold nothing of what the operator makes. */
export const saidOfFiles = ({ findings }: Pick<Evaluation, 'findings'>): readonly AttributedFinding[] =>
  findings.filter(({ shadow, reason }) => !shadow || reason !== 'Missing');

/**
 * Findings as results: at the object in its file, else at the section of the baseline that asks for it, else in the
 * cluster. What is said of one place for several namespaces is said once.
 */
export function findingResults(world: World, placed: readonly PlacedFinding[]): readonly Result[] {
  const groups = grouped(placed, (one) => {
    const { place, result } = resultOf(world, one);
    return JSON.stringify([place, result.position, result.rule, result.message, result.object]);
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { result, isOfBaseline } = resultOf(world, first);
    const namespaces = group.map(({ namespace }) => namespace).filter((namespace) => namespace !== '');
    if (!isOfBaseline || namespaces.length === 0) return [result];
    return [{ ...result, message: `${result.message} (${inNamespaces(namespaces)})` }];
  });
}

const SHOWN = 5;

function inNamespaces(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return `in ${all.slice(0, SHOWN).join(', ')}${more}`;
}

interface PlacedResult {
  readonly place: string;
  readonly result: Result;
  readonly isOfBaseline: boolean;
}

function resultOf(world: World, { finding, change }: PlacedFinding): PlacedResult {
  const own = world.documentOf(finding.ref);
  const baseline = { kind: SECURITY_BASELINE.kind, namespace: '', name: finding.baseline };
  const asked = own === undefined ? world.documentOf(baseline) : undefined;
  const path = own === undefined ? sectionPath(finding) : fieldPath(change);
  const document = own ?? asked;
  const said = {
    rule: finding.reason,
    severity: severityOf(finding, finding.shadow),
    path: shortPrintable(document === undefined ? fieldPath(change) : path),
    message: shortPrintable(finding.message),
    object: shortPrintable(describeRef(asked === undefined ? finding.ref : baseline)),
  };
  const [file, position] = placeOf(document, path);
  return { place: file, result: { file, position, ...said }, isOfBaseline: asked !== undefined };
}

/** Where something is said: in its file, else in the cluster. */
export const placeOf = (document: ManifestDocument | undefined, path: string): readonly [string, Position] =>
  document === undefined ? [CLUSTER, BEGIN] : [printable(document.file), document.positionOf(path)];

/** Of the baseline: the controls of a section are called by its name. */
const SECTIONS_OF: Readonly<Record<string, string>> = {
  network: 'spec.network',
  rbac: 'spec.rbac',
  'service-account': 'spec.serviceAccounts',
  'pod-security': 'spec.podSecurity',
  resources: 'spec.resources',
  admission: 'spec.admission',
  posture: 'spec.clusterChecks',
};

const sectionPath = ({ control }: Finding): string => SECTIONS_OF[control.split('.')[0] ?? ''] ?? 'spec';

/** Where the first difference of a change stands. */
const fieldPath = (change: Change | undefined): string =>
  change?.action === 'update' ? pathOfPointer(change.fields[0] ?? '') : '';

/** `/spec/ingress/0` as `spec.ingress[0]`. */
export function pathOfPointer(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .filter((step) => step !== '')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`), '');
}
