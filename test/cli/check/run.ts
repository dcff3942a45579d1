import type { Given } from '../run.ts';
import { useWorkplace } from '../run.ts';

/** A result as it is shown to programs. */
export interface Shown {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly severity: string;
  readonly object: string;
  readonly fix: string;
}

interface Checked {
  readonly code: number;
  readonly err: string;
  readonly results: readonly Shown[];
  readonly notJudged: readonly { readonly file: string; readonly object: string; readonly why: string }[];
}

/** `drawbridge check` in a directory of its own. */
export function useCheck() {
  const at = useWorkplace();
  const check = async (args: readonly string[], given: Given = {}): Promise<Checked> => {
    const { code, out, err } = await at().run(['check', '-o', 'json', ...args], given);
    const { results = [], notJudged = [] } = out === '' ? {} : JSON.parse(out);
    return { code, err, results, notJudged };
  };
  return { at, check };
}

/** `Rule file:line`. */
export const placesOf = ({ results }: Pick<Checked, 'results'>): readonly string[] =>
  results.map(({ rule, file, line }) => `${rule} ${file}:${line}`);
