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

/**
 * The checks for who was impersonated: by KEP-5284 where the event names one of its verbs, which stands for what is done
 * on their behalf too; else as they have always been.
 */
export function impersonationsOf(events: readonly AuditEvent[], subject: string): readonly Asked[] {
  return events.flatMap((event): readonly Asked[] => {
    const { user, impersonated, impersonationConstraint: verb = 'impersonate', target } = event;
    const isFinal = event.stage === 'ResponseComplete' || event.stage === 'ResponseStarted';
    if (impersonated === undefined || user.name !== subject || !isFinal) return [];
    const isConstrained = verb !== 'impersonate';
    const group = isConstrained ? 'authentication.k8s.io' : '';
    const [, namespace = '', name] = /^system:serviceaccount:(.+):(.+)$/.exec(impersonated.name) ?? [];
    const who =
      name === undefined
        ? { resource: 'users', namespace: '', name: impersonated.name }
        : { resource: 'serviceaccounts', namespace, name };
    const groups = impersonated.groups
      .filter((one) => one !== 'system:authenticated' && !one.startsWith('system:serviceaccounts'))
      .map((one) => ({ resource: 'groups', namespace: '', name: one }));
    const as = [who, ...groups].map((one): Asked => ({ verb, group, ...one }));
    if (!isConstrained) return as;
    const on = `${verb.replace('impersonate:', 'impersonate-on:')}:${event.verb}`;
    if (target.type === 'path') return [...as, { verb: on, path: target.path }];
    const { subresource, resource, type: _, ...rest } = target;
    const isNameless = event.verb === 'deletecollection' || (event.verb === 'create' && subresource === '');
    const full = subresource === '' ? resource : `${resource}/${subresource}`;
    return [...as, { ...rest, resource: full, verb: on, name: isNameless ? '' : target.name }];
  });
}
