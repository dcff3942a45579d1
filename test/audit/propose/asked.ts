import type { AuditEvent } from '../../../src/audit/event.ts';
import type { Asked } from './authorizer.ts';

/**
 * Every check that the API server made and that came out well for `subject`, one event after another: what reference docs
 * and its sources say, written a second time, without the index and its counting.
 */
export function checksOf(events: readonly AuditEvent[], subject: string): readonly Asked[] {
  const all = events.flatMap((event): readonly Asked[] => {
    const isFinal = event.stage === 'ResponseComplete' || event.stage === 'ResponseStarted';
    const isAllowed = event.decision === 'allow' && event.code !== undefined && event.code !== 403;
    const who = event.impersonated ?? event.user;
    if (!isFinal || !isAllowed || who.name !== subject || event.verb === '') return [];
    const { verb, target } = event;
    if (target.type === 'path') return [{ verb, path: target.path }];
    const { group, namespace, subresource } = target;
    const resource = subresource === '' ? target.resource : `${target.resource}/${subresource}`;
    const isNameless = verb === 'deletecollection' || (verb === 'create' && subresource === '');
    const asked = { verb, group, resource, namespace, name: isNameless ? '' : target.name };
    const makes = (verb === 'patch' || verb === 'update') && event.code === 201;
    const streams = verb === 'get' && group === '' && /^pods\/(exec|attach|portforward)$/.test(resource);
    return makes || streams ? [asked, { ...asked, verb: 'create', name: target.name }] : [asked];
  });
  return [...new Map(all.map((asked) => [JSON.stringify(asked), asked])).values()];
}
