import { InvalidArgumentError, Option } from 'commander';
import { OLDEST_MINOR } from '../operator/requireVersion.ts';

/** The minor version that files are judged for where nobody names one: the oldest that is supported takes the least. */
export const STANDARD_MINOR = OLDEST_MINOR;

/**
 * 36 of `1.36`, `v1.36.3`.
 * @throws InvalidArgumentError that says what to write
 */
export function parseKubernetesVersion(value: string): number {
  const [, minor] = /^v?1\.(\d{1,3})(\.\d+.*)?$/.exec(value) ?? [];
  if (minor === undefined) throw new InvalidArgumentError('write a version such as 1.36.');
  if (Number(minor) < OLDEST_MINOR)
    throw new InvalidArgumentError(`Kubernetes 1.${OLDEST_MINOR} is the oldest supported.`);
  return Number(minor);
}

export const kubernetesVersionOption = (): Option =>
  new Option('--kubernetes-version <version>', 'of the API servers that it is for; absent: the oldest supported')
    .argParser(parseKubernetesVersion)
    .default(STANDARD_MINOR, `1.${STANDARD_MINOR}`);
