import { expect } from 'chai';
import { sightOf } from '../../../src/agents/auditAgent/manifest.ts';
import { HASH_ANNOTATION, withHash } from '../../../src/agents/auditAgent/manifestHash.ts';

const POLICY = '/etc/kubernetes/audit/policy.yaml';

/** As kubeadm 1.36 writes it, shortened. */
const KUBEADM = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.4:6443
  labels:
    component: kube-apiserver
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=10.0.0.4
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml   # ours
    image: registry.k8s.io/kube-apiserver:v1.36.3
    name: kube-apiserver
    volumeMounts:
    - mountPath: /etc/kubernetes/audit
      name: audit
      readOnly: true
    - mountPath: /etc/kubernetes/pki
      name: k8s-certs
  hostNetwork: true
  volumes:
  - hostPath:
      path: /etc/kubernetes/audit
      type: DirectoryOrCreate
    name: audit
  - hostPath: {path: /etc/kubernetes/pki, type: DirectoryOrCreate}
    name: k8s-certs
status: {}
`;
const hash = 'a'.repeat(64);
const LINE = `${HASH_ANNOTATION}: "${hash}"`;

describe('The manifest of a static pod', () => {
  const places: Readonly<Record<string, readonly [string, string]>> = {
    'where there are annotations': [KUBEADM, KUBEADM.replace('    kubeadm.k', `    ${LINE}\n    kubeadm.k`)],
    'where there are none': [
      KUBEADM.replace(/ {2}annotations:\n.*\n/, ''),
      KUBEADM.replace(/ {2}annotations:\n.*\n/, `  annotations:\n    ${LINE}\n`),
    ],
    'where it says another hash': [
      KUBEADM.replace('    kubeadm.k', `    ${HASH_ANNOTATION}: b # here\n    kubeadm.k`),
      KUBEADM.replace('    kubeadm.k', `    ${LINE} # here\n    kubeadm.k`),
    ],
    'where annotations are on one line': [
      KUBEADM.replace(/annotations:\n.*\n/, 'annotations: {a: b}\n'),
      KUBEADM.replace(/annotations:\n.*\n/, `annotations: {"${HASH_ANNOTATION}": "${hash}", a: b}\n`),
    ],
    'where annotations are empty': [
      KUBEADM.replace(/annotations:\n.*\n/, 'annotations: {}\n'),
      KUBEADM.replace(/annotations:\n.*\n/, `annotations: {"${HASH_ANNOTATION}": "${hash}"}\n`),
    ],
    'where lines end as on Windows': [
      KUBEADM.replaceAll('\n', '\r\n'),
      KUBEADM.replace('    kubeadm.k', `    ${LINE}\n    kubeadm.k`).replaceAll('\n', '\r\n'),
    ],
    'where it is JSON': [
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"a": "b"}, "name": "x"}}',
      `{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"${HASH_ANNOTATION}": "${hash}", "a": "b"}, "name": "x"}}`,
    ],
  };
  for (const [where, [before, after]] of Object.entries(places)) {
    it(`gets the hash ${where}, and every other byte stays`, () => {
      expect(withHash(before, hash)).to.equal(after);
      expect(withHash(after, hash)).to.equal(after);
    });
  }

  it('keeps what an anchor of its annotations says elsewhere', () => {
    const anchored = KUBEADM.replace('annotations:', 'annotations: &a').replace(
      'labels:\n    component: kube-apiserver',
      'labels: *a',
    );
    expect(() => withHash(anchored, hash)).to.throw(`write ${HASH_ANNOTATION}: "" into the manifest`);
  });

  it('that leaves no place for it is refused with what to write', () => {
    for (const annotations of ['annotations:\n', 'annotations: 3\n']) {
      const manifest = KUBEADM.replace(/annotations:\n.*\n/, annotations);
      expect(() => withHash(manifest, hash)).to.throw(`write ${HASH_ANNOTATION}: "" into the manifest`);
    }
  });

  it('says the hash that it has', () => {
    expect(sightOf(KUBEADM, POLICY)).to.deep.equal({ usable: true, hash: undefined });
    expect(sightOf(withHash(KUBEADM, hash), POLICY)).to.deep.equal({ usable: true, hash });
  });

  const flag = '--audit-policy-file=/etc/kubernetes/audit/policy.yaml';
  const usable: Readonly<Record<string, string>> = {
    'as two words': KUBEADM.replace(flag, '--audit-policy-file\n    - /etc/kubernetes/audit/policy.yaml'),
    'among args': KUBEADM.replace('    - --advertise', '    args:\n    - --advertise'),
    'under another path of the container': KUBEADM.replace(flag, '--audit-policy-file=/a/policy.yaml').replace(
      'mountPath: /etc/kubernetes/audit\n',
      'mountPath: /a\n',
    ),
    'as a file that is mounted alone': KUBEADM.replace(flag, '--audit-policy-file=/p.yaml')
      .replace('mountPath: /etc/kubernetes/audit\n', 'mountPath: /p.yaml\n')
      .replace('path: /etc/kubernetes/audit\n', 'path: /etc/kubernetes/audit/policy.yaml\n'),
    'under a part of a volume': KUBEADM.replace(
      'mountPath: /etc/kubernetes/audit\n',
      'mountPath: /etc/kubernetes/audit\n      subPath: audit\n',
    ).replace('path: /etc/kubernetes/audit\n', 'path: /etc/kubernetes\n'),
  };
  for (const [how, manifest] of Object.entries(usable)) {
    it(`may name the policy ${how}`, () => {
      expect(sightOf(manifest, POLICY)).to.deep.equal({ usable: true, hash: undefined });
    });
  }

  const refused: Readonly<Record<string, readonly [string, string, string]>> = {
    'names no policy': [KUBEADM.replace(/.*audit-policy-file.*\n/, ''), 'ManifestWithoutPolicy', `add ${flag}`],
    'names two policies': [
      KUBEADM.replace('    - --advertise', '    - --audit-policy-file=/x\n    - --advertise'),
      'ManifestWithoutPolicy',
      'leave one',
    ],
    'mounts no directory of it': [
      KUBEADM.replace('mountPath: /etc/kubernetes/audit\n', 'mountPath: /etc/kubernetes/other\n'),
      'PolicyNotMounted',
      `mount the directory of ${POLICY}`,
    ],
    'mounts a volume that is not of the node': [
      KUBEADM.replace(/hostPath:\n {6}path: \/etc\/kubernetes\/audit\n {6}type: DirectoryOrCreate/, 'emptyDir: {}'),
      'PolicyNotMounted',
      'no hostPath volume',
    ],
    'hides it behind another mount': [
      KUBEADM.replace(flag, '--audit-policy-file=/etc/kubernetes/audit/policy.yaml').replace(
        '/etc/kubernetes/pki\n      name',
        '/etc/kubernetes/audit/policy.yaml\n      name',
      ),
      'PolicyElsewhere',
      '--policy-file=/etc/kubernetes/pki',
    ],
    'reads another file of the node': [
      KUBEADM.replace('path: /etc/kubernetes/audit\n', 'path: /srv/audit\n'),
      'PolicyElsewhere',
      'start the agent with --policy-file=/srv/audit/policy.yaml',
    ],
    'is no pod': [KUBEADM.replace('kind: Pod', 'kind: PodList'), 'ManifestUnreadable', 'no Pod'],
    'holds two documents': [`${KUBEADM}---\n${KUBEADM}`, 'ManifestUnreadable', 'one document'],
    'cannot be read': ['a: [', 'ManifestUnreadable', 'cannot be read'],
    'says a key twice': [`${KUBEADM}kind: Pod\n`, 'ManifestUnreadable', 'cannot be read'],
    'has an alias of nothing': [`${KUBEADM}x: *nothing\n`, 'ManifestUnreadable', 'cannot be read'],
    'is empty': ['', 'ManifestUnreadable', 'one document'],
  };
  for (const [why, [manifest, reason, message]] of Object.entries(refused)) {
    it(`is not used when it ${why}`, () => {
      const sight = sightOf(manifest, POLICY);
      expect(sight).to.include({ usable: false, reason });
      expect(sight).to.have.property('message').that.contains(message);
    });
  }
});
