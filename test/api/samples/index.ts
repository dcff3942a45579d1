import type { Refusal } from './refusal.ts';
import { REFUSED_ADDRESSES } from './refusedAddresses.ts';
import { REFUSED_AUDIT } from './refusedAudit.ts';
import { REFUSED_NETWORKS } from './refusedNetworks.ts';
import { REFUSED_POD_SECURITY } from './refusedPodSecurity.ts';
import { REFUSED_RBAC } from './refusedRbac.ts';
import { REFUSED_RESOURCES } from './refusedResources.ts';
import { REFUSED_SPECS } from './refusedSpecs.ts';
import { REFUSED_SUBJECTS } from './refusedSubjects.ts';

export { FULL_BASELINE, MAXIMAL_BASELINE } from './accepted.ts';
export { TYPOS } from './typos.ts';
export { FULL_WAIVER, MAXIMAL_WAIVER, REFUSED_WAIVERS } from './waivers.ts';

/** What is wrong although every field is spelt right. */
export const REFUSED: readonly Refusal[] = [
  ...REFUSED_SPECS,
  ...REFUSED_NETWORKS,
  ...REFUSED_ADDRESSES,
  ...REFUSED_RBAC,
  ...REFUSED_SUBJECTS,
  ...REFUSED_POD_SECURITY,
  ...REFUSED_RESOURCES,
  ...REFUSED_AUDIT,
];
