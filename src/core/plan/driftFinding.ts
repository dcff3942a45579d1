import { FIELD_MANAGER } from '../../api/names.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Finding } from '../model/finding.ts';
import { objectName, quoteForeign } from '../model/finding.ts';
import type { Change } from './change.ts';

const CHECKS: Readonly<Record<string, string>> = {
  network: 'SB-NET-001',
  rbac: 'SB-RBAC-002',
  serviceAccounts: 'SB-RBAC-015',
  podSecurity: 'SB-PSA-001',
  resources: 'SB-QOS-002',
};

/** A planned change that was not carried out, as a finding: what `Audit` reports and what withheld writes leave behind. */
export function findingOfChange(change: Change): Finding {
  const base = {
    control: change.control,
    check: CHECKS[change.section] ?? 'SB',
    severity: 'high',
    result: 'fail',
    ref: change.ref,
  } as const;
  const object = objectName(change.ref);
  switch (change.action) {
    case 'create':
      return { ...base, reason: 'Missing', message: `${object} is missing` };
    case 'update':
      return {
        ...base,
        severity: change.urgent ? 'high' : 'low',
        reason: 'Modified',
        message: `${object} differs at ${change.fields.slice(0, 4).map(quoteForeign).join(', ')}${byManager(otherWriter(change.live))}`,
      };
    case 'recreate':
      return { ...base, reason: change.reason, message: `${object} has to be replaced: ${change.reason}` };
    case 'delete':
      return {
        ...base,
        severity: 'medium',
        reason: change.reason,
        message: `${object} is to be removed: ${change.reason}`,
      };
  }
}

/**
 * Who else wrote last, as that writer says. A client that only takes something away owns no field and leaves no entry, so
 * the newest may be our own: then it is unknown, for it was not us.
 */
export const otherWriter = ({ manager }: Entry): string => (manager === FIELD_MANAGER ? '' : manager);

/** Field managers are claims, and shown as such (THREATS 1). */
export const byManager = (manager: string): string =>
  manager === '' ? '' : `, last written by a client that calls itself ${quoteForeign(manager)}`;
