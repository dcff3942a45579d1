import type { Document, YAMLError } from 'yaml';
import { parseAllDocuments } from 'yaml';
import { errorMessage } from '../k8s/errorMessage.ts';
import type { Decoded } from './decode.ts';
import { decodePolicy } from './decode.ts';
import type { Mistake } from './policy.ts';
import type { Oddity } from './strictText.ts';
import { isJson, oddIn, oddNodes } from './strictText.ts';
import { validatePolicy } from './validate.ts';

/** What a parser made of a text, or what it says of it. */
type Parsed = { readonly value: unknown } | { readonly broken: readonly Oddity[] };

const MAX_ALIASES = 100;

/**
 * Reads the text of a policy file, YAML or JSON, for a server of a minor version (36 for 1.36). YAML is read as Kubernetes
 * reads it, by version 1.1: `yes` is no text there.
 */
export function readPolicy(text: string, minor: number): Decoded {
  const parsed = parse(text);
  if ('broken' in parsed) {
    return { policy: undefined, mistakes: parsed.broken.map((oddity): Mistake => ({ path: '', ...oddity })) };
  }
  const decoded = decodePolicy(parsed.value);
  if (decoded.policy === undefined) return decoded;
  const mistakes = validatePolicy(decoded.policy, minor);
  return mistakes.length === 0 ? decoded : { policy: undefined, mistakes };
}

function parse(text: string): Parsed {
  const character = oddIn(text);
  if (character !== undefined) return { broken: [character] };
  const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: true, prettyErrors: true });
  if (isJson(text)) return parseJson(text, documents);
  const [document, ...more] = documents;
  if (document === undefined) return broken('the file is empty: it must hold a policy');
  if (more.length > 0) {
    return broken('the file holds several documents, and a server reads the first: leave one', more[0]?.range[0]);
  }
  // What the parser only warns of, such as a tag that it does not know, a server may take for something else.
  const said = [...document.errors, ...document.warnings].map(oddityOf);
  const odd = said.length > 0 ? said : oddNodes(document, text);
  // An alias may name nothing, or stand for too much.
  return odd.length > 0 ? { broken: odd } : attempt(() => document.toJS({ maxAliasCount: MAX_ALIASES }));
}

/** The parser of YAML knows of keys that stand twice, of which JSON's takes the last without a word. */
function parseJson(text: string, documents: readonly Document.Parsed[]): Parsed {
  const twice = documents.flatMap(({ errors }) => errors).filter(({ code }) => code === 'DUPLICATE_KEY');
  return twice.length > 0 ? { broken: twice.map(oddityOf) } : attempt(() => JSON.parse(text));
}

const broken = (message: string, offset?: number): { readonly broken: readonly Oddity[] } => ({
  broken: [offset === undefined ? { message } : { message, offset }],
});

const oddityOf = ({ message, pos }: YAMLError): Oddity => ({ message, offset: pos[0] });

function attempt(value: () => unknown): Parsed {
  try {
    return { value: value() };
  } catch (error) {
    return broken(errorMessage(error));
  }
}
