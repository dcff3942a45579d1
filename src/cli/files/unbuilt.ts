import { isChart, kustomizationIn } from './kustomize.ts';
import type { Position } from './position.ts';
import { BEGIN } from './position.ts';

/** A directory below one that was named, of which other tools make manifests; what they make nobody has seen. */
export interface Unbuilt {
  readonly file: string;
  readonly position: Position;
  readonly message: string;
}

/** What there is to say of a directory; undefined: its files are what they seem to be. */
export async function unbuiltIn(
  path: string,
  directory: string,
): Promise<(Unbuilt & { readonly isChart: boolean }) | undefined> {
  if (await isChart(path, directory)) {
    const message = `it is a Helm chart, and its templates are no manifests: give what it makes, as in helm template ${path} | drawbridge … -`;
    return { file: `${path}/Chart.yaml`, position: BEGIN, message, isChart: true };
  }
  const file = await kustomizationIn(path, directory);
  if (file === undefined) return undefined;
  const message = `what kustomize makes here is not known, and its files were read as they stand: name the directory itself (${path})`;
  return { file, position: BEGIN, message, isChart: false };
}
