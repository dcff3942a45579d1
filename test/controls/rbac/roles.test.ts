import { expect } from 'chai';
import type { RoleSpec } from '../../../src/api/types.ts';
import { roles } from '../../../src/controls/rbac/roles.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { brief, OURS, UNKNOWN, viewWith } from '../fixtures.ts';

const READ_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const READ_SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const role = (...rules: RoleSpec['rules']): RoleSpec => ({ name: 'viewer', rules });
const build = (...rules: RoleSpec['rules']) => roles.build({ roles: [role(...rules)] }, viewWith());

describe('rbac.roles', () => {
  it('writes the rules that are grantable', () => {
    expect(build(READ_PODS, { ...READ_PODS, resourceNames: ['a'] }, { ...READ_PODS, resourceNames: [] })).to.deep.equal(
      {
        wanted: [
          {
            kind: 'Role',
            name: 'drawbridge-viewer',
            body: { rules: [READ_PODS, { ...READ_PODS, resourceNames: ['a'] }, READ_PODS] },
          },
        ],
        findings: [],
      },
    );
  });

  it('THREATS 9: writes the Role without the rule that is not grantable, and says what to add where', () => {
    const built = build(READ_PODS, READ_SECRETS);
    expect(built.wanted[0]?.body).to.deep.equal({ rules: [READ_PODS] });
    expect(built.findings?.map(brief)).to.deep.equal(['fail/medium RuleNotGranted Role drawbridge-viewer']);
    expect(built.findings?.[0]?.message).to.equal(
      'A rule is left out of the Role, because no ClusterRole labelled drawbridge.dev/grantable: "true" covers it. If it should be handed out, add the rule to one: {"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}',
    );
  });

  it('THREATS 9: writes an empty Role rather than none', () => {
    expect(build(READ_SECRETS).wanted[0]?.body).to.deep.equal({ rules: [] });
  });

  it('THREATS 9: leaves out what can never be handed out, also when everything is grantable', () => {
    const all = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    const view = viewWith({ facts: { grantable: { known: true, value: all } } });
    const escalate = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] };
    const built = roles.build({ roles: [role(READ_SECRETS, escalate)] }, view);
    expect(built.wanted[0]?.body).to.deep.equal({ rules: [READ_SECRETS] });
    expect(built.findings?.[0]?.message).to.include('it can never be handed out: the verb escalate');
  });

  it('keeps the live Roles and says unknown when it is not known what is grantable', () => {
    const built = roles.build({ roles: [role(READ_PODS)] }, viewWith({ facts: { grantable: UNKNOWN } }));
    expect(built.wanted).to.deep.equal([]);
    expect(built.kept).to.deep.equal([{ kind: 'Role', name: 'drawbridge-viewer' }]);
    expect(built.findings?.map(brief)).to.deep.equal([
      'unknown/medium GrantableUnknown ClusterRole drawbridge-grantable',
    ]);
  });

  it('keeps the last known value and warns', () => {
    const facts = { grantable: { known: true as const, value: [READ_PODS], stale: 'it vanished' } };
    const built = roles.build({ roles: [role(READ_PODS)] }, viewWith({ facts }));
    expect(built.wanted[0]?.body).to.deep.equal({ rules: [READ_PODS] });
    expect(built.findings?.map(brief)).to.deep.equal(['warn/low GrantableFactStale ClusterRole drawbridge-grantable']);
  });

  it('bounds the message about a rule of any size', () => {
    const resources = Array.from({ length: 32 }, (_, i) => `${'x'.repeat(100)}${i}`);
    expect(build({ ...READ_SECRETS, resources }).findings?.[0]?.message.length).to.be.lessThan(1024);
  });

  it('leaves out rules with which the Role would be too large to be compared', () => {
    const resourceNames = Array.from({ length: 32 }, (_, i) => `${'n'.repeat(240)}${i}`);
    const built = build(...Array.from({ length: 10 }, () => ({ ...READ_PODS, resourceNames })));
    expect(built.wanted[0]?.body.rules).to.have.lengthOf(7);
    expect(built.findings).to.have.lengthOf(3);
    expect(built.findings?.[0]?.message).to.include('Split the Role');
  });

  it('finds the reserved prefix without our label', () => {
    const named = (name: string, meta: object = {}): KubeObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name, namespace: 'payments', ...meta },
      rules: [],
    });
    const objects = [named('drawbridge-x'), named('drawbridge-y', OURS), named('drawbridge-viewer'), named('mine')];
    expect(roles.inspect?.({ roles: [role(READ_PODS)] }, viewWith({ objects })).findings.map(brief)).to.deep.equal([
      'fail/medium ReservedNameInUse Role drawbridge-x',
    ]);
  });
});
