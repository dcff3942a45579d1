import { expect } from 'chai';
import fc from 'fast-check';
import { readEvent } from '../../src/audit/event.ts';

/** As kube-apiserver writes it for `kubectl --as=bob get pods/log`, shortened. */
const EVENT = {
  level: 'Metadata',
  auditID: '5a0c7d7e-9c70-4f0e-8e54-0fd8a1b1a3a5',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/payments/pods/web/log?follow=true',
  verb: 'get',
  user: { username: 'alice', groups: ['admins', 'system:authenticated'] },
  impersonatedUser: { username: 'bob', groups: ['system:authenticated'] },
  sourceIPs: ['10.0.0.1'],
  userAgent: 'kubectl/v1.36',
  objectRef: { resource: 'pods', subresource: 'log', namespace: 'payments', name: 'web', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-11-25T10:00:00.000001Z',
  stageTimestamp: '2026-11-25T10:00:00.100001Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
};

describe('readEvent', () => {
  it('keeps who asked for what, on whose behalf, and what became of it', () => {
    expect(readEvent(EVENT)).to.deep.equal({
      auditId: '5a0c7d7e-9c70-4f0e-8e54-0fd8a1b1a3a5',
      stage: 'ResponseComplete',
      level: 'Metadata',
      user: { name: 'alice', groups: ['admins', 'system:authenticated'] },
      impersonated: { name: 'bob', groups: ['system:authenticated'] },
      verb: 'get',
      target: { type: 'resource', group: '', resource: 'pods', subresource: 'log', namespace: 'payments', name: 'web' },
      code: 200,
      decision: 'allow',
      reason: 'RBAC: allowed',
      receivedAt: '2026-11-25T10:00:00.000001Z',
      stageAt: '2026-11-25T10:00:00.100001Z',
      userAgent: 'kubectl/v1.36',
      hasRequestObject: false,
      hasResponseObject: false,
      isDryRun: false,
    });
  });

  it('reads a path without its query, because RBAC matches the path alone', () => {
    const { objectRef: _, ...rest } = EVENT;
    const event = readEvent({ ...rest, requestURI: '/healthz?verbose' });
    expect(event?.target).to.deep.equal({ type: 'path', path: '/healthz' });
  });

  it('reads a path as the authorizer does, decoded', () => {
    const { objectRef: _, ...rest } = EVENT;
    const pathOf = (requestURI: string) => readEvent({ ...rest, requestURI })?.target;
    expect(pathOf('/logs/a%20b%2a?x')).to.deep.equal({ type: 'path', path: '/logs/a b*' });
    expect(pathOf('/logs/%zz')).to.deep.equal({ type: 'path', path: '/logs/%zz' });
  });

  it('takes the namespace that was asked for, not one that only the body has', () => {
    const namespaceOf = (requestURI: string) => {
      const target = readEvent({ ...EVENT, requestURI })?.target;
      return target?.type === 'resource' ? target.namespace : undefined;
    };
    for (const path of ['/api/v1/namespaces', '/apis/rbac.authorization.k8s.io/v1/clusterroles/a?x=/namespaces/b']) {
      expect(namespaceOf(path), path).to.equal('');
    }
    for (const path of ['/api/v1/namespaces/payments', '/apis/apps/v1/namespaces/payments/deployments', '/odd', '']) {
      expect(namespaceOf(path), path).to.equal('payments');
    }
  });

  it('keeps the verb that allowed an impersonation, where it was a constrained one', () => {
    const authenticationMetadata = { impersonationConstraint: 'impersonate:user-info' };
    expect(readEvent({ ...EVENT, authenticationMetadata })?.impersonationConstraint).to.equal('impersonate:user-info');
  });

  it('knows a dry run by the query, and bodies by their presence', () => {
    const event = readEvent({ ...EVENT, requestURI: '/api/v1/pods?dryRun=All', requestObject: [], responseObject: {} });
    expect(event).to.include({ isDryRun: true, hasRequestObject: true, hasResponseObject: true });
  });

  for (const field of ['auditID', 'stage', 'level'] as const) {
    it(`takes an event without ${field} for none`, () => {
      expect(readEvent({ ...EVENT, [field]: undefined })).to.equal(undefined);
      expect(readEvent({ ...EVENT, [field]: 7 })).to.equal(undefined);
    });
  }

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => readEvent(value) === undefined || true));
    const fields = Object.keys(EVENT);
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.anything(), (field, value) => {
        readEvent({ ...EVENT, [field]: value });
      }),
    );
  });
});
