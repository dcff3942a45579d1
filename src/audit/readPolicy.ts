import { parseAllDocuments } from 'yaml';
import type { Decoded } from './decode.ts';
import { decodePolicy } from './decode.ts';
import type { Mistake } from './policy.ts';
import { validatePolicy } from './validate.ts';

const refused = (...messages: readonly string[]): Decoded => ({
  policy: undefined,
  mistakes: messages.map((message): Mistake => ({ path: '', message })),
});

const MAX_ALIASES = 100;

/** An alias may name nothing, or stand for too much. */
function decodedFrom(value: () => unknown): Decoded {
  try {
    return decodePolicy(value());
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Reads the text of a policy file, YAML or JSON, for a server of a minor version (36 for 1.36). YAML is read as Kubernetes
 * reads it, by version 1.1: `yes` is no text there.
 */
export function readPolicy(text: string, minor: number): Decoded {
  const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: true, prettyErrors: true });
  if (!Array.isArray(documents) || documents.length === 0) return refused('the file is empty: it must hold a policy');
  const [document, ...more] = documents;
  if (more.length > 0) return refused('the file holds several documents, and a server reads the first: leave one');
  // What the parser only warns of, such as a tag that it does not know, a server may take for something else.
  const broken = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (broken.length > 0) return refused(...broken.map(({ message }) => message));
  const decoded = decodedFrom(() => document?.toJS({ maxAliasCount: MAX_ALIASES }));
  if (decoded.policy === undefined) return decoded;
  const mistakes = validatePolicy(decoded.policy, minor);
  return mistakes.length === 0 ? decoded : { policy: undefined, mistakes };
}
