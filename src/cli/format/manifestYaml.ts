import type { parse } from 'yaml';
import { asciiYaml } from '../../audit/asciiYaml.ts';
import type { ManifestObject } from '../../audit/delivery/delivery.ts';

const NOT_ASCII = /[^\n -~]/u;

/**
 * Objects as YAML that any parser reads alike. A name of a group may be `yes`, hold what YAML 1.1 takes for the end of a
 * line, or move the cursor of a terminal: such stand in quotes, and what is not ASCII as an escape.
 */
export async function manifestYaml(objects: readonly ManifestObject[]): Promise<string> {
  const { Document, parse, visit } = await import('yaml');
  const texts = objects.map((object) => {
    const document = new Document(object, { aliasDuplicateObjects: false });
    visit(document, {
      Scalar: (_key, node) => {
        if (typeof node.value !== 'string' || isPlain(node.value, parse)) return;
        node.value = node.value.toWellFormed();
        node.type = 'QUOTE_DOUBLE';
      },
    });
    return asciiYaml(document.toString({ lineWidth: 0 }));
  });
  return texts.join('---\n');
}

/** A text in YAML 1.1, which Kubernetes reads, and in 1.2, without quotes too. Lines are a policy, whose text is ASCII. */
function isPlain(value: string, read: typeof parse): boolean {
  if (NOT_ASCII.test(value)) return false;
  if (value.includes('\n')) return true;
  try {
    return (['1.1', '1.2'] as const).every((version) => read(value, { version, logLevel: 'silent' }) === value);
  } catch {
    return false;
  }
}
