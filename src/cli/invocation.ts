import { basename } from 'node:path';
import { COMPLETE } from './completion/scripts.ts';

/** What somebody typed to get here. */
export interface Invocation {
  /** As it stands in the help. */
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * By the name of the link that was run: kubectl finds its plugin `drawbridge` as `kubectl-drawbridge`, and asks
 * `kubectl_complete-drawbridge` what may be typed next (kubectl plugins, since 1.26).
 */
export function invocationOf(script: string, args: readonly string[]): Invocation {
  const name = basename(script);
  if (name.startsWith('kubectl_complete-')) return { name: 'kubectl drawbridge', args: [COMPLETE, ...args] };
  return { name: name.startsWith('kubectl-') ? 'kubectl drawbridge' : 'drawbridge', args };
}
