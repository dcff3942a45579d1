import { expect } from 'chai';
import { SECURITY_BASELINE } from '../../src/api/names.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { apiVersionOf, pathOf } from '../../src/k8s/kind.ts';

describe('where a kind is served', () => {
  it('follows from its group: the core group has a path of its own', () => {
    expect(apiVersionOf(kindRow('Service'))).to.equal('v1');
    expect(apiVersionOf(kindRow('NetworkPolicy'))).to.equal('networking.k8s.io/v1');
    expect(pathOf(kindRow('Service'))).to.equal('/api/v1/services');
    expect(pathOf(kindRow('NetworkPolicy'))).to.equal('/apis/networking.k8s.io/v1/networkpolicies');
  });

  it('names namespace, object and subresource', () => {
    expect(pathOf(kindRow('Role'), 'payments', 'viewer')).to.equal(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/payments/roles/viewer',
    );
    expect(pathOf(SECURITY_BASELINE, '', 'restricted', 'status')).to.equal(
      '/apis/drawbridge.dev/v1alpha1/securitybaselines/restricted/status',
    );
    expect(pathOf(kindRow('Role'), 'payments')).to.equal(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/payments/roles',
    );
  });

  it('escapes names and keeps their case: system:Foo is another ClusterRole than system:foo', () => {
    expect(pathOf(kindRow('ClusterRole'), '', 'system:Foo')).to.match(/\/clusterroles\/system%3AFoo$/);
    expect(pathOf(kindRow('Role'), 'a/../b', 'x?y#z')).to.match(/\/namespaces\/a%2F\.\.%2Fb\/roles\/x%3Fy%23z$/);
  });
});
