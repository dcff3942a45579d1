import type { Page } from '../server.ts';
import { TEXT } from '../server.ts';

/** One question about the process; the answer is why it is not well, or undefined. */
export interface Check {
  readonly name: string;
  readonly failing: () => string | undefined;
}

/** kube-apiserver's form: one line per check, 500 when any fails. */
export function healthPage(checks: readonly Check[]): Page {
  const rows = checks.map(({ name, failing }) => ({ name, why: failing() }));
  const failed = rows.some(({ why }) => why !== undefined);
  const lines = rows.map(({ name, why }) => (why === undefined ? `[+]${name} ok` : `[-]${name} failed: ${why}`));
  return { status: failed ? 500 : 200, type: TEXT, body: `${[...lines, failed ? 'failed' : 'ok'].join('\n')}\n` };
}
