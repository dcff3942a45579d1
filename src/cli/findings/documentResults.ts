import { record, text } from '../../k8s/json.ts';
import type { BrokenDocument, ManifestDocument } from '../files/documents.ts';
import type { Position } from '../files/position.ts';
import type { Unbuilt } from '../files/unbuilt.ts';
import type { Result, Subject } from '../format/report.ts';
import { printable, shortPrintable } from '../printable.ts';
import { metadataMistakes } from '../schema/metadataMistakes.ts';
import { isOurs, objectMistakes } from '../schema/objectMistakes.ts';
import type { Double } from '../world/fileObjects.ts';
import { rowOf } from '../world/manifestObject.ts';
import { unservedMessage } from '../world/unserved.ts';
import type { OwnRule } from './help.ts';
import { severityOfOwn } from './help.ts';

/** A document, as something that was looked at. */
export function documentSubject(document: ManifestDocument): Subject {
  const { kind, metadata } = record(document.value);
  const { name, generateName, namespace } = record(metadata);
  const where = text(namespace) === '' ? '' : `${text(namespace)}/`;
  return {
    file: printable(document.file),
    position: document.positionOf(''),
    object: shortPrintable(`${text(kind)} ${where}${text(name) || text(generateName)}`.trim()) || '-',
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

/** What other tools would make manifests of, and nobody has. */
export const unbuiltResult = ({ file, position, message }: Unbuilt): Result => ({
  file: printable(file),
  position,
  object: '-',
  rule: 'NotBuilt',
  severity: severityOfOwn('NotBuilt'),
  path: '',
  message: shortPrintable(message),
});

/** An object of which files hold two that are not alike. */
export function doubleResult({ first, last }: Double): Result {
  const { file, position, object } = documentSubject(first);
  const message = `${object} stands also at ${file}:${position.line}, and not alike: this one alone was judged; leave one`;
  return ownResult(last, 'DefinedTwice', '', message);
}

/** What an API server would refuse of an object that is decided from, or leave out without a word. */
export function invalidResults(document: ManifestDocument): readonly Result[] {
  const unserved = unservedMessage(document.value);
  if (unserved !== undefined) return [ownResult(document, 'NotServed', 'apiVersion', unserved)];
  const ours = isOurs(document.value);
  if (!ours && rowOf(document.value) === undefined) return [];
  const twice = document.twice().map(({ name, position }) => {
    const message = `the field ${name} stands twice, and one of them would be lost: leave one`;
    return ownResult(document, ours ? 'InvalidObject' : 'FieldTwice', '', message, position);
  });
  const mistakes = [...metadataMistakes(document.value), ...objectMistakes(document.value)].map(({ path, message }) =>
    ownResult(document, 'InvalidObject', path, message),
  );
  // That a name is missing is said by both.
  return [...twice, ...new Map(mistakes.map((one) => [`${one.path} ${one.message}`, one])).values()];
}
