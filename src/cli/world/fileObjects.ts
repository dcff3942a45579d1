import type { Entry } from '../../k8s/entry.ts';
import { record, text } from '../../k8s/json.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { objectMistakes } from '../schema/objectMistakes.ts';
import { aggregated } from './aggregated.ts';
import type { ManifestObject } from './manifestObject.ts';
import { DEFAULT_NAMESPACE, entryOfManifest, manifestObject } from './manifestObject.ts';

/** Objects of files, each with where it stands. */
export interface FileObjects {
  readonly entries: readonly Entry[];
  readonly documents: ReadonlyMap<string, ManifestDocument>;
  readonly notJudged: readonly NotJudged[];
  readonly doubles: readonly Double[];
}

/** What nothing is decided from. What is wrong with an object is not among it: that is a finding. */
export interface NotJudged {
  readonly document: ManifestDocument;
  readonly why: WhyNotJudged;
}

/** No object of Kubernetes; of a kind that no baseline is about; or one of a kind of which only others are looked at. */
export type WhyNotJudged = 'NoObject' | 'OtherKind' | 'NotLookedAt';

/** An object that files hold twice, and not alike: the last alone was looked at. */
export interface Double {
  readonly first: ManifestDocument;
  readonly last: ManifestDocument;
}

/** What an API server would keep of documents; what it would refuse of our API is not there for it. */
export function objectsOf(documents: readonly ManifestDocument[], namespace = DEFAULT_NAMESPACE): FileObjects {
  const notJudged: NotJudged[] = [];
  const read = documents
    .filter((document) => objectMistakes(document.value).length === 0)
    .flatMap((document, index): readonly ManifestObject[] => {
      const one = manifestObject(document, namespace, index + 1);
      if (one?.row !== undefined) return [one];
      notJudged.push({ document, why: isObject(document) ? 'OtherKind' : 'NoObject' });
      return [];
    });
  const whole = aggregated(read.map(({ object }) => object));
  const kept = new Map<string, readonly [Entry, ManifestDocument]>();
  const doubles: Double[] = [];
  for (const [index, one] of read.entries()) {
    const { document } = one;
    const entry = entryOfManifest({ ...one, object: whole[index] ?? one.object });
    if (entry === undefined) {
      notJudged.push({ document, why: 'NotLookedAt' });
      continue;
    }
    const [, first] = kept.get(keyOf(entry)) ?? [];
    if (first !== undefined && !isAlike(first, document)) doubles.push({ first, last: document });
    kept.set(keyOf(entry), [entry, document]);
  }
  return {
    entries: [...kept.values()].map(([entry]) => entry),
    documents: new Map([...kept].map(([key, [, document]]) => [key, document])),
    notJudged,
    doubles,
  };
}

const isObject = ({ value }: ManifestDocument): boolean =>
  text(record(value).apiVersion) !== '' && text(record(value).kind) !== '';

const isAlike = (a: ManifestDocument, b: ManifestDocument): boolean =>
  JSON.stringify(a.value) === JSON.stringify(b.value);
