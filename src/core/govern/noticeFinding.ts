import type { Finding } from '../model/finding.ts';
import type { Notice } from './governance.ts';

/** A notice of `govern` as a finding about the namespace. It warns: nothing is out of place yet. */
export const noticeFinding = (notice: Notice, namespace: string): Finding => ({
  control: 'governance',
  check: notice.reason === 'LeftByLabel' ? 'SB-GOV-001' : 'SB-GOV-002',
  severity: 'medium',
  result: 'warn',
  ref: { kind: 'Namespace', namespace: '', name: namespace },
  reason: notice.reason,
  message: notice.message,
});
