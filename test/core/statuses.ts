import type { Condition, SecurityBaselineStatus } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { AuditVerdicts } from '../../src/core/outcome/auditVerdict.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import { baseline } from '../support/build.ts';
import { tallyOf } from './tallies.ts';

export const GENERATION = 3;
export const restricted = baseline('restricted', {}, { generation: GENERATION });
export type Member = Contribution | 'pending';
export const status = (
  members: Readonly<Record<string, Member>>,
  by: Baseline = restricted,
  before?: SecurityBaselineStatus,
  audit?: AuditVerdicts,
  cluster?: readonly Finding[],
) => statusOf(by, before, tallyOf(members), 'now', audit, undefined, cluster);
export const condition = (of: SecurityBaselineStatus, type: string): Condition | undefined =>
  of.conditions?.find((c) => c.type === type);
export const said = (of: SecurityBaselineStatus): string =>
  (of.conditions ?? []).map(({ type, status: value, reason }) => `${type}=${value} ${reason}`).join(', ');
