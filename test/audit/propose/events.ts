import type { AuditEvent } from '../../../src/audit/event.ts';
import type { Proposal } from '../../../src/audit/propose/proposal.ts';
import { propose } from '../../../src/audit/propose/propose.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { event, target } from '../usage/events.ts';

/** What is proposed for bob after these events. */
export function proposed(events: readonly AuditEvent[], subject = 'bob'): Proposal {
  const proposal = propose(usageOf(events), subject);
  if (proposal === undefined) throw new Error(`nothing of ${subject}`);
  return proposal;
}

/** A request by bob that was allowed. */
export const use = (verb: string, resource: string, name: string, namespace = 'shop', group = ''): AuditEvent => {
  const [kind = '', subresource = ''] = resource.split('/');
  return event({ verb, code: 200, target: target({ group, resource: kind, subresource, namespace, name }) });
};
