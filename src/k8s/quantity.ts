/**
 * Quantities of resources as kube-apiserver stores them: `0.5` comes back as `500m`, `1024Mi` as `1Gi`
 * (apimachinery/pkg/api/resource/quantity.go), and what is finer than a thousandth is rounded up (SetDefaults_ResourceList in
 * pkg/apis/core/v1/defaults.go). What is compared is therefore written in that form.
 */

const FORM = /^(\d+)(?:\.(\d+))?(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,3}))?$/;
/** `1e3`: the schema refuses it, and sums of what pods ask for may have it. */
const EXPONENT = /[eE][+-]?\d/;
const NANO = 10n ** 9n;
const MILLI = 10n ** 6n;
/** A larger one is this one. */
const MAX = 2n ** 63n - 1n;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * The value in billionths, rounded up, as the API server does with what is finer. Undefined for what is no quantity, or is
 * negative.
 */
export function nanosOf(text: string): bigint | undefined {
  const [, whole = '', fraction = '', suffix = '', exponent = '0'] = FORM.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = BigInt(whole + fraction);
  const power = Number(exponent);
  const scaled = digits * factorOf(suffix) * 10n ** BigInt(Math.max(0, power));
  const divisor = 10n ** BigInt(fraction.length + Math.max(0, -power));
  const nanos = (scaled + divisor - 1n) / divisor;
  return nanos > MAX * NANO ? MAX * NANO : nanos;
}

/** How many billionths one of a suffix is. */
function factorOf(suffix: string): bigint {
  const binary = BINARY.indexOf(suffix);
  return binary > 0 ? 1024n ** BigInt(binary) * NANO : 10n ** BigInt(9 + (DECIMAL[suffix] ?? 0));
}

/** The form in which the API server gives a quantity back; undefined for what `nanosOf` does not know, or has an exponent. */
export function canonicalQuantity(text: string): string | undefined {
  const exact = EXPONENT.test(text) ? undefined : nanosOf(text);
  if (exact === undefined) return undefined;
  const nanos = ((exact + MILLI - 1n) / MILLI) * MILLI;
  if (nanos === 0n) return '0';
  // Where it would have to be rounded, it is written in decimals. So is what ends up without a suffix, once it is read again.
  const isBinary = text.endsWith('i') && nanos % (1024n * NANO) === 0n;
  return isBinary ? inBinary(nanos / NANO) : inDecimals(nanos);
}

function inBinary(value: bigint): string {
  let [rest, power] = [value, 0];
  while (rest % 1024n === 0n && power < BINARY.length - 1) [rest, power] = [rest / 1024n, power + 1];
  return `${rest}${BINARY[power]}`;
}

function inDecimals(nanos: bigint): string {
  let [rest, exponent] = [nanos, -9];
  while (rest % 10n === 0n) [rest, exponent] = [rest / 10n, exponent + 1];
  while (exponent % 3 !== 0) [rest, exponent] = [rest * 10n, exponent - 1];
  const suffix = Object.keys(DECIMAL).find((one) => DECIMAL[one] === exponent) ?? '';
  return `${rest}${suffix}`;
}
