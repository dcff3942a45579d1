import { record, text } from '../../k8s/json.ts';
import type { BrokenDocument, ManifestDocument } from '../files/documents.ts';
import type { Position } from '../files/position.ts';
import type { Result, Subject } from '../format/report.ts';
import { printable, shortPrintable } from '../printable.ts';
import { isOurs, objectMistakes } from '../schema/objectMistakes.ts';
import type { OwnRule } from './help.ts';
import { severityOfOwn } from './help.ts';

/** A document, as something that was looked at. */
export function documentSubject(document: ManifestDocument): Subject {
  const { kind, metadata } = record(document.value);
  const { name, namespace } = record(metadata);
  const where = text(namespace) === '' ? '' : `${text(namespace)}/`;
  return {
    file: printable(document.file),
    position: document.positionOf(''),
    object: shortPrintable(`${text(kind)} ${where}${text(name)}`),
  };
}

export const ownResult = (
  document: ManifestDocument,
  rule: OwnRule,
  path: string,
  message: string,
  position: Position = document.positionOf(path),
): Result => ({
  ...documentSubject(document),
  position,
  rule,
  severity: severityOfOwn(rule),
  path: shortPrintable(path),
  message: shortPrintable(message),
});

export const unreadableResult = ({ file, position, message }: BrokenDocument): Result => ({
  file: printable(file),
  position,
  object: '-',
  rule: 'Unreadable',
  severity: severityOfOwn('Unreadable'),
  path: '',
  message: shortPrintable(message),
});

/** What an API server would refuse of an object of our API, or leave out without a word. */
export function invalidResults(document: ManifestDocument): readonly Result[] {
  if (!isOurs(document.value)) return [];
  const twice = document
    .twice()
    .map(({ name, position }) =>
      ownResult(
        document,
        'InvalidObject',
        '',
        `the field ${name} stands twice, and one of them would be lost: leave one`,
        position,
      ),
    );
  const wrong = objectMistakes(document.value).map(({ path, message }) =>
    ownResult(document, 'InvalidObject', path, message),
  );
  return [...twice, ...wrong];
}
