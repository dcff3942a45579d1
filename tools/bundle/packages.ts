import type { Metafile } from 'esbuild';

/** The directory of a package among the inputs of a bundle, which is also its key in package-lock.json. */
const PACKAGE = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The packages of which something is in a bundle, by their directory, sorted. */
export const packagesIn = ({ inputs }: Metafile): readonly string[] =>
  [...new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))].sort();

/** Of each package, or of `''` for the program's own sources, the packages that it imports. */
export function importsIn({ inputs }: Metafile): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const [path, { imports }] of Object.entries(inputs)) {
    const from = PACKAGE.exec(path)?.[1] ?? '';
    const to = found.get(from) ?? new Set();
    for (const one of imports) {
      const target = PACKAGE.exec(one.path)?.[1];
      if (target !== undefined && target !== from) to.add(target);
    }
    found.set(from, to);
  }
  return new Map([...found].map(([from, to]) => [from, [...to].sort()]));
}
