/** Licences under which something may be in what ships: all ask for no more than that their text comes along. */
export const SHIPPED: ReadonlySet<string> = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
]);

/** And under which something may be that only builds or tests. */
export const USED: ReadonlySet<string> = new Set([...SHIPPED, 'BlueOak-1.0.0', 'PSF-2.0', 'Unlicense']);

/** Whether an SPDX expression leaves a licence to choose that is allowed. Missing, or more than names and `OR`: no. */
export const isAllowed = (expression: string | undefined, allowed: ReadonlySet<string>): boolean =>
  (expression ?? '')
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((license) => allowed.has(license));
