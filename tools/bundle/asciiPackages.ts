import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** esbuild escapes what is not ASCII in strings and names, but not in regular expressions, of which one has a micro sign. */
const HAS_MICRO_SIGN = /[\\/]@marcbachmann[\\/]cel-js[\\/]lib[\\/]functions\.js$/;

/** Writes packages in ASCII where esbuild does not: see `asciiComments`, which fails when another has to be added here. */
export function asciiPackages(): Plugin {
  return {
    name: 'ascii-packages',
    setup(build) {
      build.onLoad({ filter: HAS_MICRO_SIGN }, async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replaceAll('\u00b5', '\\u00b5'),
        loader: 'js',
      }));
    },
  };
}
