import { expect } from 'chai';
import { allowedBy } from '../../../src/audit/usage/allowedBy.ts';

describe('allowedBy', () => {
  it('reads binding, role and subject as the RBAC authorizer writes them', () => {
    expect(allowedBy('RBAC: allowed by RoleBinding "rb1/t1" of Role "r1" to User "bob"')).to.deep.equal({
      binding: { kind: 'RoleBinding', namespace: 't1', name: 'rb1' },
      role: { kind: 'Role', name: 'r1' },
      subject: { kind: 'User', name: 'bob' },
    });
  });

  it('reads a ClusterRoleBinding, which has no namespace, and names with colons', () => {
    const reason =
      'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"';
    expect(allowedBy(reason)).to.deep.equal({
      binding: { kind: 'ClusterRoleBinding', namespace: '', name: 'system:discovery' },
      role: { kind: 'ClusterRole', name: 'system:discovery' },
      subject: { kind: 'Group', name: 'system:authenticated' },
    });
  });

  for (const reason of [
    '',
    'node authorizer',
    'RBAC: allowed by RoleBinding "a/b" of Role "c"',
    'RBAC: allowed by RoleBinding "a\\"/b" of Role "c" to User "d"',
    'so RBAC: allowed by RoleBinding "a/b" of Role "c" to User "d"',
  ]) {
    it(`takes nothing from ${JSON.stringify(reason)}`, () => expect(allowedBy(reason)).to.equal(undefined));
  }
});
