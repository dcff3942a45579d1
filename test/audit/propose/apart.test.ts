import { expect } from 'chai';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { propose } from '../../../src/audit/propose/propose.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { event } from '../usage/events.ts';
import { proposed, use } from './events.ts';

const DISCOVERY =
  'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"';

describe('propose, what is kept apart', () => {
  it('keeps what leads to more rights apart, with names, and says what it leads to', () => {
    const proposal = proposed([
      use('get', 'secrets', 'db'),
      use('get', 'pods', 'web'),
      use('create', 'pods/exec', 'web'),
    ]);
    expect(proposal.roles.flatMap(({ rules }) => rules.flatMap(({ resources }) => resources))).to.deep.equal(['pods']);
    expect(proposal.needsApproval.map(({ paths, namespace, rules }) => ({ paths, namespace, rules }))).to.deep.equal([
      {
        paths: ['exec'],
        namespace: 'shop',
        rules: [{ apiGroups: [''], resources: ['pods/exec'], resourceNames: ['web'], verbs: ['create'] }],
      },
      {
        paths: ['secrets-read'],
        namespace: 'shop',
        rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }],
      },
    ]);
    expect(proposal.needsApproval[1]?.reasons).to.deep.equal([
      'reads credentials; list, watch, patch and deletions show their contents too',
    ]);
  });

  it('names configmaps of kube-system that change rather than let the map of cloud identities in', () => {
    const { roles, needsApproval } = proposed(
      [...'abc'].map((name) => use('update', 'configmaps', name, 'kube-system')),
    );
    expect(needsApproval).to.deep.equal([]);
    expect(roles[0]?.rules[0]?.resourceNames).to.deep.equal(['a', 'b', 'c']);
  });

  it('never proposes a star, which somebody with a broad role may have asked for on purpose', () => {
    const stars = [
      use('get', '*', 'x'),
      use('get', '*/scale', 'x'),
      use('get', 'pods', 'x', 'shop', '*'),
      event({ target: { type: 'path', path: '/api/*' } }),
      event({ verb: '*', target: { type: 'path', path: '/metrics' } }),
    ];
    const proposal = proposed(stars);
    expect(proposal).to.deep.include({ roles: [], needsApproval: [] });
    expect(proposal.notProposed).to.have.length(stars.length);
  });

  it('proposes no role in a namespace that cannot be', () => {
    expect(proposed([use('list', 'pods', '', '*'), use('list', 'pods', '', 'No_Namespace')])).to.deep.include({
      roles: [],
    });
  });

  it('proposes nothing for those who did not authenticate', () => {
    const anonymous = event({ user: { name: 'system:anonymous', groups: [] } });
    expect(proposed([anonymous], 'system:anonymous')).to.deep.include({ roles: [], needsApproval: [] });
  });

  it('leaves out what all users may do by bindings of the server, and not what another binding to all allows', () => {
    const get = (path: string, reason = ''): AuditEvent => event({ target: { type: 'path', path }, reason });
    for (const events of [
      [get('/version', DISCOVERY)],
      [get('/apis/apps/v1')],
      [get('/more', DISCOVERY), get('/more')],
      [use('create', 'selfsubjectaccessreviews', '', '', 'authorization.k8s.io')],
    ]) {
      expect(proposed(events)).to.deep.include({ roles: [] });
      expect(proposed(events).everyones).to.have.length(1);
    }
    expect(proposed([get('/more', DISCOVERY.replace('system:discovery', 'ours'))]).roles).to.have.length(1);
    expect(proposed([get('/versions')]).roles).to.have.length(1);
  });

  it('never proposes to impersonate anybody, only who was impersonated', () => {
    const as = (name: string): AuditEvent => event({ impersonated: { name, groups: ['system:authenticated'] } });
    expect(proposed([as('a'), as('b')]).needsApproval).to.deep.equal([
      {
        namespace: '',
        paths: ['impersonate'],
        reasons: ['acts as somebody else'],
        rules: [{ apiGroups: [''], resources: ['users'], resourceNames: ['a', 'b'], verbs: ['impersonate'] }],
      },
    ]);
    const many = proposed(Array.from({ length: 17 }, (_, index) => as(`user-${index}`)));
    expect(many.needsApproval).to.deep.equal([]);
    expect(many.notProposed.map(({ reason }) => reason)).to.deep.equal(['it is about more names than are kept']);
  });

  it('takes a constrained impersonation for one, and what is done on their behalf too', () => {
    const { roles, needsApproval } = proposed([
      event({
        impersonated: { name: 'carol', groups: ['system:authenticated'] },
        impersonationConstraint: 'impersonate:user-info',
      }),
    ]);
    expect(roles).to.deep.equal([]);
    const verbs = needsApproval.flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs));
    expect(verbs).to.have.members(['impersonate:user-info', 'impersonate-on:user-info:get']);
    expect(needsApproval.flatMap(({ paths }) => paths)).to.deep.equal(['impersonate', 'impersonate']);
  });

  it('says beside which writes the server asks for more than the log shows', () => {
    const rbac = 'rbac.authorization.k8s.io';
    const { unseen } = proposed([
      use('create', 'rolebindings', '', 'shop', rbac),
      use('get', 'rolebindings', 'a', 'shop', rbac),
      use('update', 'certificatesigningrequests/approval', 'a', '', 'certificates.k8s.io'),
      use('create', 'rolebindings', '', 'shop', 'example.com'),
    ]);
    expect(unseen.map(({ message }) => message)).to.have.members([
      'who writes a binding must hold every right of its role, or have bind on it',
      'who approves or signs must have approve or sign on the signer',
    ]);
  });

  it('knows nothing of somebody who did nothing', () => {
    expect(propose(usageOf([event()]), 'carol')).to.equal(undefined);
  });
});
