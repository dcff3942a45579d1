import { transform } from 'esbuild';

/**
 * Replaces what is not ASCII in comments. One such character makes V8 keep the whole source with two bytes a character,
 * 6 MB for this program. esbuild escapes them in code, but not in comments; that nothing but comments changed is checked.
 */
export async function asciiComments(text: string): Promise<string> {
  const ascii = text.replaceAll('\u00a9', '(c)').replace(/\P{ASCII}/gu, '?');
  const [before, after] = await Promise.all([text, ascii].map(codeOf));
  if (before !== after) throw new Error('the bundle has code that is not ASCII: esbuild no longer escapes it');
  return ascii;
}

/** The code without its comments. */
const codeOf = async (text: string): Promise<string> =>
  (await transform(text, { minifyWhitespace: true, legalComments: 'none' })).code;
