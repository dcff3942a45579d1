import type { PodSecuritySpec } from '../../api/types.ts';
import type { Labels } from '../../k8s/object.ts';
import type { PodLevel } from './level.ts';
import { compareLevels, isLevel, parseVersion } from './level.ts';
import type { Minors } from './violations.ts';

/** What the labels of a namespace say for each: who is let in, what is logged, what clients are warned of. */
export const MODES = ['enforce', 'audit', 'warn'] as const;
export type Mode = (typeof MODES)[number];

/** A level with its version, as two labels say them. */
export interface Grade {
  readonly level: PodLevel;
  /** Absent: the API server's default, which is `latest` unless its configuration says otherwise. */
  readonly version?: string;
}

const PREFIX = 'pod-security.kubernetes.io/';
const isPodSecurityLabel = (key: string): boolean => key.startsWith(PREFIX);

/** Undefined where there is no level that means anything. */
export function gradeIn(labels: Labels, mode: Mode): Grade | undefined {
  const level = labels[`${PREFIX}${mode}`];
  if (level === undefined || !isLevel(level)) return undefined;
  const version = labels[`${PREFIX}${mode}-version`];
  return version === undefined || parseVersion(version) === undefined ? { level } : { level, version };
}

export const labelsOfGrade = (mode: Mode, { level, version }: Grade): Labels => ({
  [`${PREFIX}${mode}`]: level,
  ...(version === undefined ? {} : { [`${PREFIX}${mode}-version`]: version }),
});

/** All such labels of a namespace. Whoever applies some of them must say all, or the others may be taken off. */
export const podSecurityLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => isPodSecurityLabel(key)));

/** Whether two namespaces' labels differ in nothing else. */
export function alikeBesideLevels(a: Labels, b: Labels): boolean {
  if (a === b) return true;
  const rest = (labels: Labels) => Object.keys(labels).filter((key) => !isPodSecurityLabel(key));
  const keys = rest(a);
  return keys.length === rest(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}

export function declaredGrade(spec: PodSecuritySpec, mode: Mode): Required<Grade> | undefined {
  const level = spec[mode];
  return level === undefined ? undefined : { level, version: spec.version ?? LATEST };
}

const LATEST = 'latest';

/**
 * The least that is as strict as both, in level and in version: newer versions forbid more. Privileged forbids nothing in
 * any version.
 */
export function strictest(a: Grade, b: Grade): Required<Grade> {
  if (b.level === NONE) return { level: a.level, version: versionOf(a) };
  if (a.level === NONE) return { level: b.level, version: versionOf(b) };
  return {
    level: compareLevels(a.level, b.level) >= 0 ? a.level : b.level,
    version: compareVersions(a, b) >= 0 ? versionOf(a) : versionOf(b),
  };
}

/** Whether `a` is as strict as `b` in both. */
export const covers = (a: Grade, b: Grade): boolean =>
  b.level === NONE || (compareLevels(a.level, b.level) >= 0 && compareVersions(a, b) >= 0);

const NONE: PodLevel = 'privileged';

/** Whether two say the same in so many words. */
export const isSame = (a: Grade | undefined, b: Grade | undefined): boolean =>
  a?.level === b?.level && a?.version === b?.version;

const versionOf = ({ version = LATEST }: Grade): string => version;

function compareVersions(a: Grade, b: Grade): number {
  const number = (grade: Grade): number => {
    const version = parseVersion(versionOf(grade));
    return version === undefined || version === 'latest' ? Number.POSITIVE_INFINITY : version.minor;
  };
  const [x, y] = [number(a), number(b)];
  return x === y ? 0 : x - y;
}

/** What people write: `restricted:latest`. */
export const describeGrade = (grade: Grade): string => `${grade.level}:${versionOf(grade)}`;

/** The oldest API server that is supported (THREATS 26). */
const OLDEST_MINOR = 31;

/**
 * Which minors of the standards an API server may judge by: it knows none newer than itself, and takes its own in their
 * place. While its version is unknown, all that it may have: what one of them forbids counts.
 */
export function minorsOf(grade: Grade, serverMinor: number | undefined): Minors {
  const version = parseVersion(versionOf(grade));
  const asked = version === undefined || version === 'latest' ? Number.POSITIVE_INFINITY : version.minor;
  if (serverMinor === undefined) return { from: Math.min(asked, OLDEST_MINOR), to: asked };
  const minor = Math.min(asked, serverMinor);
  return { from: minor, to: minor };
}
