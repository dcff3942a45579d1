import { expect } from 'chai';
import { answerOf } from '../../src/operator/applyChange.ts';
import { changes, objectOf } from '../support/applied.ts';
import { createServer, refused } from '../support/buildServer.ts';
import { apply, DENY, deny, ESCALATION, put, REF, reasonOf, verbs, WIDE } from './applying.ts';

describe('making an object anew', () => {
  const GOING = { deletionTimestamp: 'now', finalizers: ['theirs/x'] };

  it('THREATS 2: takes foreign finalizers off and creates it, in two writes', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY, GOING));
    const result = await apply(server, deny.recreate(live, 'Terminating'));
    expect(result.result).to.equal('written');
    expect(verbs(server)).to.deep.equal(['patch', 'create']);
    expect(server.writes[0]?.object).to.deep.equal({ metadata: { uid: live.uid, finalizers: null } });
    expect(server.get(REF)?.metadata.uid).to.not.equal(live.uid);
    expect(server.get(REF)?.metadata).to.not.have.property('deletionTimestamp');
    expect(server.index.get('NetworkPolicy', 'payments', 'drawbridge-d')?.deleting).to.equal(false);
  });

  it('only creates it where nothing holds the deletion up', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY));
    server.delete(REF);
    await apply(server, deny.recreate({ ...live, deleting: true }, 'Terminating'));
    expect(verbs(server)).to.deep.equal(['create']);
  });

  const body = {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'drawbridge-r' },
    subjects: [{ kind: 'Group', name: 'team-a' }],
  };
  const binding = changes('RoleBinding', 'drawbridge-b', body);
  const stolen = { ...body, roleRef: { ...body.roleRef, kind: 'ClusterRole', name: 'admin' } };
  const ref = { kind: 'RoleBinding', namespace: 'payments', name: 'drawbridge-b' };

  it('THREATS 2: replaces a RoleBinding whose roleRef was replaced', async () => {
    const server = createServer();
    const live = put(server, objectOf('RoleBinding', 'drawbridge-b', stolen));
    await apply(server, binding.recreate(live, 'RoleRefReplaced'));
    expect(verbs(server)).to.deep.equal(['remove', 'create']);
    expect(server.get(ref)?.roleRef).to.deep.equal(body.roleRef);
  });

  it('THREATS 2: replaces it also behind a finalizer, being deleted or not, and outrun or not', async () => {
    for (const meta of [GOING, { finalizers: ['theirs/x'] }]) {
      const server = createServer();
      const live = put(server, objectOf('RoleBinding', 'drawbridge-b', stolen, meta));
      const reason = live.deleting ? 'Terminating' : 'RoleRefReplaced';
      server.put(objectOf('RoleBinding', 'drawbridge-b', stolen, { ...meta, annotations: { bump: '1' } }));
      expect((await apply(server, binding.recreate(live, reason))).result).to.equal('written');
      expect(server.get(ref)?.roleRef).to.deep.equal(body.roleRef);
    }
  });
});

describe('pruning an object', () => {
  it('names its uid and version, and takes it out of the store at once', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY));
    await apply(server, deny.remove(live));
    expect(server.writes[0]?.precondition).to.deep.equal({ uid: live.uid, resourceVersion: live.resourceVersion });
    expect(server.index.get('NetworkPolicy', 'payments', 'drawbridge-d')).to.equal(undefined);
  });

  it('leaves it when our label was taken off meanwhile', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY));
    server.put(objectOf('NetworkPolicy', 'drawbridge-d', WIDE, { labels: {} }));
    expect(reasonOf(await apply(server, deny.remove(live)))).to.equal('Conflict, soon');
    expect(server.get(REF)).to.not.equal(undefined);
  });

  it('THREATS 2: takes finalizers off what is ours, and leaves those of foreign policies', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY, { finalizers: ['theirs/x'] }));
    await apply(server, deny.remove(live, 'ForeignPolicy'));
    expect(server.get(REF)?.metadata.finalizers).to.deep.equal(['theirs/x']);
    const going = put(server, { ...objectOf('NetworkPolicy', 'drawbridge-d', DENY), ...server.get(REF) });
    await apply(server, deny.remove(going));
    expect(server.get(REF)).to.equal(undefined);
  });
});

describe('a refusal with 403', () => {
  it('THREATS 18: asks the API server whether a right is missing, and for which verb', async () => {
    const server = createServer();
    const live = put(server, objectOf('NetworkPolicy', 'drawbridge-d', WIDE));
    const asked: string[] = [];
    server.lacksRight = (...question) => {
      asked.push(question.join(' '));
      return true;
    };
    server.before = ({ verb }) => {
      throw refused(
        403,
        'no',
        {},
        { create: 'POST', update: 'PUT', apply: 'PATCH', remove: 'DELETE', patch: 'PATCH' }[verb],
      );
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('MissingRight, stalled');
    await apply(server, deny.update(live));
    await apply(server, deny.remove(live));
    // What is being deleted only has its finalizers taken off before it is made anew.
    const going = { finalizers: ['x/y'], deletionTimestamp: 'now' };
    await apply(
      server,
      deny.recreate(put(server, objectOf('NetworkPolicy', 'drawbridge-d', DENY, going)), 'Terminating'),
    );
    const verbs = ['create', 'update', 'delete', 'patch'];
    expect(asked).to.deep.equal(verbs.map((verb) => `${verb} NetworkPolicy payments`));
    server.lacksRight = () => false;
    expect(reasonOf(await apply(server, deny.create()))).to.equal('RefusedByAdmission, backoff');
  });

  it('does not ask where the answer says why', async () => {
    const server = createServer();
    server.lacksRight = () => expect.fail('nobody should ask');
    const causes = [{ reason: 'NamespaceTerminating' }];
    server.before = () => {
      throw refused(403, 'going', { details: { causes } });
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('NamespaceTerminating, none');
    server.before = () => {
      throw refused(403, ESCALATION);
    };
    expect(reasonOf(await apply(server, deny.create()))).to.equal('RuleNotGranted, backoff');
  });

  it('THREATS 18: 404 to a binding is a role that is missing', async () => {
    const server = createServer();
    server.before = () => {
      throw refused(404, 'roles.rbac.authorization.k8s.io "drawbridge-r" not found');
    };
    const binding = changes('RoleBinding', 'drawbridge-b', {});
    expect(reasonOf(await apply(server, binding.create()))).to.equal('RoleRefMissing, backoff');
  });

  it('keeps what the server asks to wait', () => {
    const error = refused(429, 'slow down', { details: { retryAfterSeconds: 7 } });
    expect(answerOf(error)).to.include({ status: 429, retryAfterMs: 7000 });
    expect(answerOf('odd')).to.include({ status: 0, message: 'odd' });
  });
});
