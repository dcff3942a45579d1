import type { ManifestDocument } from '../files/documents.ts';
import type { Position } from '../files/position.ts';
import type { Result, Severity, Subject } from '../format/report.ts';
import { printable, shortPrintable } from '../printable.ts';
import { objectName } from './targets.ts';

export interface Said {
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  readonly message: string;
}

/** A document, as something that was looked at. */
export const subjectOf = (document: ManifestDocument): Subject => ({
  file: printable(document.file),
  position: document.positionOf(''),
  object: shortPrintable(objectName(document)),
});

/** What is said of a document, where it stands in its file. */
export const resultOf = (
  document: ManifestDocument,
  { rule, severity, path, message }: Said,
  position: Position = document.positionOf(path),
): Result => ({
  ...subjectOf(document),
  position,
  rule,
  severity,
  path: shortPrintable(path),
  message: shortPrintable(withoutPlace(message)),
});

/** The parser of YAML draws the place into what it says, and ours is of the whole file. */
const withoutPlace = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '');
