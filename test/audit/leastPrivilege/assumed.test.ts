import { expect } from 'chai';
import { joined, piecesOf } from '../../../src/audit/propose/pieces.ts';
import { EVERYONES } from '../../../src/k8s/rbac/everyones.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import { kubeAdmin } from '../../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../../support/sharedControlPlane.ts';
import { grant } from './reviews.ts';
import { UPGRADE } from './workloads.ts';
import { play } from './world.ts';

const RBAC = 'rbac.authorization.k8s.io';

describe('what proposals take for granted of a kube-apiserver', () => {
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  before(() => {
    admin = kubeAdmin(controlPlane().kubeconfig);
  });
  after(() => admin?.close());

  it('exec over a WebSocket takes create besides get', async () => {
    const [namespace, name] = ['exec-takes-create', 'robot'];
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
    const may = (verb: string) => {
      const head = { apiVersion: `${RBAC}/v1`, metadata: { namespace, name: verb } };
      const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: [verb] }];
      const roleRef = { apiGroup: RBAC, kind: 'Role', name: verb };
      const subjects = [{ kind: 'ServiceAccount', namespace, name }];
      return grant(admin, [
        { ...head, kind: 'Role', rules },
        { ...head, kind: 'RoleBinding', roleRef, subjects },
      ]);
    };
    const path = `/api/v1/namespaces/${namespace}/pods/none/exec?command=ls`;
    const exec = () => play(controlPlane(), [{ who: `${namespace}/${name}`, method: 'GET', path, headers: UPGRADE }]);
    await may('get');
    expect(await exec()).to.deep.equal([403]);
    await may('create');
    expect(await exec()).to.deep.equal([404]);
  });

  it('every user has what is left out for that reason', async () => {
    const path = `/apis/${RBAC}/v1/clusterroles`;
    for (const [name, rules] of Object.entries(EVERYONES)) {
      const live = await admin.get(`${path}/${name}`);
      expect(joined(live.rules.flatMap(piecesOf)), name).to.deep.equal(joined(rules.flatMap(piecesOf)));
      const binding = await admin.get(`${path.replace('roles', 'rolebindings')}/${name}`);
      const subjects: readonly { readonly name: string }[] = binding.subjects;
      expect(subjects.map((subject) => subject.name)).to.include('system:authenticated');
    }
  });
});
