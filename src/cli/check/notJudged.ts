import { grouped } from '../../k8s/grouped.ts';
import { record, text } from '../../k8s/json.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentSubject } from '../findings/documentResults.ts';
import type { NotJudgedSubject } from '../format/report.ts';
import { printable } from '../printable.ts';
import { someOf } from '../someOf.ts';
import type { NotJudged, WhyNotJudged } from '../world/fileObjects.ts';

const WHY: Readonly<Record<WhyNotJudged, string>> = {
  NoObject: 'it is no object of Kubernetes',
  OtherKind: 'no baseline is about its kind',
  NotLookedAt: 'of its kind only others are looked at',
};

/** What nothing was decided from, for programs. */
export const notJudgedSubjects = (all: readonly NotJudged[]): readonly NotJudgedSubject[] =>
  all.map(({ document, why }) => ({ ...documentSubject(document), why: WHY[why] }));

/** The same on a line for people: by kind, or by file where it is no object. */
export function notJudgedText(all: readonly NotJudged[]): string {
  const said = [...grouped(all, ({ why }) => why)].map(([why, ones]) => {
    const names =
      why === 'NoObject' ? ones.map(({ document }) => document.file) : ones.map(({ document }) => kindOf(document));
    const counts = [...grouped(names, (name) => name)].map(([name, same]) =>
      same.length === 1 ? printable(name) : `${printable(name)} ${same.length}`,
    );
    return `${ones.length} ${TEXTS[why]} (${someOf(counts)})`;
  });
  return said.length === 0 ? '' : `not judged: ${said.join('; ')}`;
}

const TEXTS: Readonly<Record<WhyNotJudged, string>> = {
  NoObject: 'that are no objects of Kubernetes',
  OtherKind: 'of kinds that no baseline is about',
  NotLookedAt: 'of which only others of their kind are looked at',
};

const kindOf = ({ value }: ManifestDocument): string => text(record(value).kind);
