import { expect } from 'chai';
import { UnreachableError } from '../../src/kube/errors.ts';
import { APPLIED_LABELS, changes, objectOf } from '../support/applied.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { createServer, refused } from '../support/buildServer.ts';
import { apply, DENY, deny, ESCALATION, put, REF, reasonOf, WIDE } from './applying.ts';

describe('creating an object', () => {
  it('sends it with our labels and puts the answer into the store at once', async () => {
    const server = createServer(() => 42);
    const result = await apply(server, deny.create());
    expect(result).to.include({ result: 'written', atMs: 42 });
    expect(server.writes[0]?.object).to.deep.equal(objectOf('NetworkPolicy', 'drawbridge-d', DENY));
    expect(server.index.get('NetworkPolicy', 'payments', 'drawbridge-d')?.labels).to.deep.equal(APPLIED_LABELS);
  });

  it('is refused as a value: nothing is thrown', async () => {
    const server = createServer();
    server.before = () => {
      throw refused(422, 'no');
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('Invalid, backoff');
    server.before = () => {
      throw new UnreachableError('ECONNREFUSED', 'POST', '/');
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('Unreachable, backoff');
    server.before = () => {
      throw new TypeError('a mistake');
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('Unreachable, backoff');
  });
});

describe('updating an object', () => {
  it('THREATS 2: sends foreign labels and annotations back, and no ownerReferences or finalizers', async () => {
    const server = createServer();
    const theirs = {
      labels: { ...APPLIED_LABELS, team: 'a', 'drawbridge.dev/baseline': 'forged' },
      annotations: { b: '1' },
    };
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' };
    const meta = { ...theirs, ownerReferences: [owner], finalizers: ['x/y'] };
    await apply(server, deny.update(put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE, meta))));
    const metadata = server.get(REF)?.metadata;
    expect(metadata?.labels).to.deep.equal({ ...APPLIED_LABELS, team: 'a' });
    expect(metadata?.annotations).to.deep.equal({ b: '1' });
    expect(metadata).to.not.have.any.keys('ownerReferences', 'finalizers');
    expect(server.get(REF)?.spec).to.deep.equal(DENY.spec);
  });

  it('is one PUT with the live version and uid when nobody interferes', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    await apply(server, deny.update(live));
    expect(server.writes).to.have.length(1);
    expect(server.writes[0]?.object?.metadata).to.include({ uid: live.uid, resourceVersion: live.resourceVersion });
  });

  it('THREATS 5: after one conflict goes on with the version that the store has by then', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    const newer = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { annotations: { bump: '1' } }));
    const result = await apply(server, deny.update(live));
    expect(result.result).to.equal('written');
    expect(server.writes.map(({ object }) => object?.metadata.resourceVersion)).to.deep.equal([
      live.resourceVersion,
      newer.resourceVersion,
    ]);
    expect(server.get(REF)?.metadata.annotations).to.deep.equal({ bump: '1' });
  });

  it('THREATS 5: after two conflicts in a row goes without a version but with the uid, and wins', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    server.before = () => {
      server.put(objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { annotations: { bump: 'x' } }), { unseen: true });
    };
    const result = await apply(server, deny.update(live));
    expect(result).to.include({ result: 'written', conflicts: 2 });
    expect(server.writes).to.have.length(3);
    expect(server.writes[2]?.object?.metadata)
      .to.include({ uid: live.uid })
      .and.to.not.have.property('resourceVersion');
    expect(server.get(REF)?.spec).to.deep.equal(DENY.spec);
  });

  it('THREATS 5: goes without a version at once where it was outrun before', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    await apply(server, deny.update(live, { outrun: true }));
    expect(server.writes).to.have.length(1);
    expect(server.writes[0]?.object?.metadata).to.not.have.property('resourceVersion');
  });

  it('never goes without a version when only labels differ: what somebody wrote in that moment is worth more', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    let bumps = 0;
    server.before = () => {
      bumps += 1;
      const annotations = { bump: String(bumps) };
      server.put(objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { annotations }), { unseen: true });
    };
    expect(reasonOf(await apply(server, deny.update(live, { urgent: false })))).to.equal('Conflict, soon');
    expect(server.writes.every(({ object }) => object?.metadata.resourceVersion !== undefined)).to.equal(true);
    expect(server.get(REF)?.metadata.annotations).to.deep.equal({ bump: '2' });
  });

  it('never overwrites an object of another uid', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    const other = objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { uid: 'another', annotations: { who: 'them' } });
    server.put(other, { unseen: true });
    expect(reasonOf(await apply(server, deny.update(live)))).to.equal('Conflict, soon');
    expect(server.get(REF)?.spec).to.deep.equal(WIDE.spec);
  });

  it('THREATS 5: removes what was planted though somebody keeps bumping it, but a policy of others only as seen', async () => {
    const bump = { unseen: true };
    const bumped = () => objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { annotations: { bump: 'x' } });
    for (const [reason, outcome] of [
      ['NotDeclared', 'written'],
      ['ForeignPolicy', 'Conflict, soon'],
    ] as const) {
      const server = createServer();
      const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
      server.put(bumped(), bump);
      expect(reasonOf(await apply(server, deny.remove(live, reason)))).to.equal(outcome);
      expect(server.get(REF) === undefined).to.equal(reason === 'NotDeclared');
    }
  });

  it('does not repeat what was refused for another reason', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    server.before = () => {
      throw refused(409, 'object is being deleted: it already exists');
    };
    expect(reasonOf(await apply(server, deny.update(live)))).to.equal('BeingDeleted, soon');
    expect(server.writes).to.have.length(1);
  });
});

describe('a Role that we may not write as wanted', () => {
  const RULE = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const ALL = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
  const role = changes('Role', 'drawbridge-r', { rules: [RULE] });
  const ref = { kind: 'Role', namespace: 'payments', name: 'drawbridge-r' };
  const unheld = (server: FakeServer): void => {
    server.before = ({ object }) => {
      if (((object?.rules ?? []) as readonly unknown[]).length > 0) throw refused(403, ESCALATION);
    };
  };

  it('THREATS 9: is emptied when it was widened, and the refusal stands', async () => {
    const server = createServer();
    const live = put(server, objectOf('Role', 'drawbridge-r', { rules: [RULE, ALL] }));
    unheld(server);
    expect(reasonOf(await apply(server, role.update(live)))).to.equal('RuleNotGranted, backoff');
    expect(server.get(ref)).to.not.have.property('rules');
    expect(server.index.get('Role', 'payments', 'drawbridge-r')?.body).to.deep.equal({ whole: {} });
  });

  it('THREATS 9: is emptied also by one that somebody outruns', async () => {
    const server = createServer();
    const live = put(server, objectOf('Role', 'drawbridge-r', { rules: [ALL] }));
    unheld(server);
    const { before } = server;
    server.before = (write) => {
      server.put(objectOf('Role', 'drawbridge-r', { rules: [ALL] }, { annotations: { bump: 'x' } }), { unseen: true });
      before(write);
    };
    expect(reasonOf(await apply(server, role.update(live)))).to.equal('RuleNotGranted, backoff');
    expect(server.get(ref)).to.not.have.property('rules');
  });

  it('keeps its rules when it is not wider than wanted', async () => {
    const server = createServer();
    const live = put(server, objectOf('Role', 'drawbridge-r', { rules: [RULE] }, { labels: {} }));
    unheld(server);
    expect(reasonOf(await apply(server, role.update(live)))).to.equal('RuleNotGranted, backoff');
    expect(server.get(ref)?.rules).to.deep.equal([RULE]);
  });
});

describe('a RoleBinding that we may not write as wanted', () => {
  const ref = { kind: 'RoleBinding', namespace: 'payments', name: 'drawbridge-b' };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'drawbridge-r' };
  const TEAM = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team' };
  const MALLORY = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' };
  const binding = changes('RoleBinding', 'drawbridge-b', { roleRef, subjects: [TEAM] });
  const unheld = (server: FakeServer): void => {
    server.before = ({ verb }) => {
      if (verb === 'update') throw refused(403, ESCALATION);
    };
  };

  it('THREATS 9: goes when it names somebody who is not wanted, and the refusal stands', async () => {
    const server = createServer();
    const live = put(server, objectOf('RoleBinding', 'drawbridge-b', { roleRef, subjects: [TEAM, MALLORY] }));
    unheld(server);
    expect(reasonOf(await apply(server, binding.update(live)))).to.equal('RuleNotGranted, backoff');
    expect(server.get(ref)).to.equal(undefined);
    expect(server.index.get('RoleBinding', 'payments', 'drawbridge-b')).to.equal(undefined);
  });

  it('stays when it names nobody else', async () => {
    const server = createServer();
    const live = put(server, objectOf('RoleBinding', 'drawbridge-b', { roleRef, subjects: [] }, { labels: {} }));
    unheld(server);
    expect(reasonOf(await apply(server, binding.update(live)))).to.equal('RuleNotGranted, backoff');
    expect(server.get(ref)).to.not.equal(undefined);
  });
});
