import { MAX_OWN_BODY, sizeOf } from '../kinds/ownBody.ts';
import type { Finding } from '../model/finding.ts';
import type { Built, Wanted } from './control.ts';
import type { View } from './view.ts';

/** We write nothing larger than this, so that all we write can be compared. */
export const MAX_WANTED_BODY = MAX_OWN_BODY - 4 * 1024;

/** Leaves out what is too large to be compared when it comes back, with a finding: fewer allowances, never more. */
export function withinSize(built: Built, control: string, check: string, view: View): Built {
  const large = built.wanted.filter((wanted) => !fits(wanted));
  if (large.length === 0) return built;
  return {
    ...built,
    wanted: built.wanted.filter((wanted) => !large.includes(wanted)),
    findings: [...(built.findings ?? []), ...large.map((wanted) => tooLarge(wanted, control, check, view.namespace))],
  };
}

/** Bodies are shared by namespaces: each is measured once. */
const measured = new WeakMap<object, boolean>();

function fits({ body }: Wanted): boolean {
  const known = measured.get(body);
  if (known !== undefined) return known;
  const result = sizeOf(body) <= MAX_WANTED_BODY;
  measured.set(body, result);
  return result;
}

const tooLarge = ({ kind, name, body }: Wanted, control: string, check: string, namespace: string): Finding => ({
  control,
  check,
  severity: 'medium',
  result: 'fail',
  ref: { kind, namespace, name },
  reason: 'ObjectTooLarge',
  message: `The ${kind} is left out: it would have ${sizeOf(body)} bytes, more than the ${MAX_WANTED_BODY} that are compared. Split it.`,
});
