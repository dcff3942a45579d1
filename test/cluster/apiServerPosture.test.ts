import { expect } from 'chai';
import { loadClusterAccess } from '../../src/kube/config.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { apiServerObserver } from '../../src/operator/posture/observer.ts';
import { grant } from '../audit/leastPrivilege/reviews.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ACCOUNT = { namespace: 'default', name: 'posture' };

const observe = async (kubeconfig: string) => {
  const access = loadClusterAccess({ kubeconfig });
  const transport = createTransport(access);
  try {
    return await apiServerObserver(access, transport, {})(AbortSignal.timeout(20_000));
  } finally {
    await transport.close();
  }
};

const bound = (role: string) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: `posture-${role.replace(':', '-')}` },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
});

describe('What requests to a real API server show', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();

  it('is what it is, for somebody without rights, with them, and for somebody who may do anything', async () => {
    const admin = kubeAdmin(controlPlane().kubeconfig);
    try {
      await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT });
      const kubeconfig = await controlPlane().serviceAccountKubeconfig(ACCOUNT.namespace, ACCOUNT.name);
      const nothing = await observe(kubeconfig);
      expect(nothing.anonymous).to.deep.equal({ known: true, value: 403 });
      expect(nothing.authorization).to.deep.equal({ known: true, value: { allowsAnything: false, hasRbac: false } });
      expect(nothing.auditEvents).to.have.property('why').that.contains('system:monitoring');
      await grant(admin, ['system:monitoring', 'view'].map(bound));
      const some = await observe(kubeconfig);
      expect(some.authorization).to.deep.equal({ known: true, value: { allowsAnything: false, hasRbac: true } });
      expect(some.auditEvents).to.have.property('value').that.is.above(0);
      const anything = await observe(controlPlane().kubeconfig);
      expect(anything.authorization).to.have.nested.property('value.allowsAnything', true);
    } finally {
      await admin.close();
    }
  });
});
