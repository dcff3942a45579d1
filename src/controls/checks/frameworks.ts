/** The published items that checks refer to, whole where they are few: a test holds every reference against them. */

const items = (section: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${section}.${index + 1}`);

/** CIS Kubernetes Benchmark 1.12; 2.0.1 has the same numbers. Sections 1.2 (API server), 3 and 5. */
export const CIS: readonly string[] = [
  ...items('1.2', 28),
  ...items('3.1', 3),
  ...items('3.2', 2),
  ...items('5.1', 13),
  ...items('5.2', 12),
  ...items('5.3', 2),
  ...items('5.4', 2),
  ...items('5.5', 1),
  ...items('5.6', 4),
];

/** The chapters of the NSA and CISA Kubernetes Hardening Guide 1.2, which has no numbers. */
export const NSA: readonly string[] = [
  'Pod security',
  'Network separation and hardening',
  'Authentication and authorization',
  'Audit logging and threat detection',
  'Upgrading and application security',
];

/** OWASP Kubernetes Top 10, of 2022 and of 2025. */
export const OWASP: readonly string[] = ['2022', '2025'].flatMap((year) =>
  Array.from({ length: 10 }, (_, index) => `K${String(index + 1).padStart(2, '0')}:${year}`),
);
