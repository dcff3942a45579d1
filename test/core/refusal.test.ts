import { expect } from 'chai';
import type { Answer, Refusal } from '../../src/core/plan/refusal.ts';
import { classifyRefusal } from '../../src/core/plan/refusal.ts';

const classify = (answer: Partial<Answer>, kind = 'NetworkPolicy', missingRight?: boolean): string => {
  const refusal = full(answer, kind, missingRight);
  return `${refusal.reason}, ${refusal.retry}`;
};
const full = (answer: Partial<Answer>, kind = 'NetworkPolicy', missingRight?: boolean): Refusal =>
  classifyRefusal(
    { status: 0, reason: '', causes: [], message: '', ...answer },
    { kind, namespace: 'payments', name: 'drawbridge-x' },
    missingRight,
  );

const ESCALATION =
  'roles.rbac.authorization.k8s.io "drawbridge-x" is forbidden: user "u" is attempting to grant RBAC permissions not currently held: {APIGroups:[""]}';

describe('a refusal', () => {
  it('THREATS 18: 403 with the cause NamespaceTerminating is no failure to repeat', () => {
    expect(classify({ status: 403, causes: ['NamespaceTerminating'] }, 'NetworkPolicy', true)).to.equal(
      'NamespaceTerminating, none',
    );
  });

  it('THREATS 18: 403 with the text of escalation is a rule that is not granted, whatever a review says', () => {
    for (const lacks of [true, false, undefined]) {
      expect(classify({ status: 403, message: ESCALATION }, 'Role', lacks)).to.equal('RuleNotGranted, backoff');
    }
  });

  it('for a missing right says what gives it, by what was to be written', () => {
    const said = (kind: string) => full({ status: 403, message: 'no' }, kind, true).message;
    expect(said('Namespace')).to.equal('no; apply manifests/namespace-labels to let the operator label namespaces');
    expect(said('Role')).to.equal(
      'no; apply manifests/base to let the operator write, or write enforcement: Audit where it is only to look',
    );
  });

  it('of a binding says what would let it be made, before the rights that the API server lists', () => {
    expect(full({ status: 403, message: ESCALATION }, 'RoleBinding').message).to.match(
      /^the operator holds less than the role that is bound: let it `bind` that role by name .*: roles[.]rbac/,
    );
    expect(full({ status: 403, message: ESCALATION }, 'Role').message).to.equal(ESCALATION);
  });

  it('THREATS 18: 403 stalls only when a review confirms that the right is missing', () => {
    expect(classify({ status: 403 }, 'Role', true)).to.equal('MissingRight, stalled');
    expect(classify({ status: 403 }, 'Role', false)).to.equal('RefusedByAdmission, backoff');
    expect(classify({ status: 403 }, 'Role', undefined)).to.equal('RefusedByAdmission, backoff');
  });

  it('THREATS 18: 404 on a binding is a role that is not there', () => {
    const message = 'roles.rbac.authorization.k8s.io "viewer" not found';
    expect(classify({ status: 404, message }, 'RoleBinding')).to.equal('RoleRefMissing, backoff');
    const cluster = 'clusterroles.rbac.authorization.k8s.io "viewer" not found';
    expect(classify({ status: 404, message: cluster }, 'RoleBinding')).to.equal('RoleRefMissing, backoff');
    const real = 'rolebindings.rbac.authorization.k8s.io "viewer" not found';
    expect(classify({ status: 404, message: real }, 'RoleBinding')).to.equal('RoleRefMissing, backoff');
    expect(classify({ status: 404 }, 'RoleBinding')).to.equal('RoleRefMissing, backoff');
  });

  it('404 on a binding that itself vanished, or its namespace, does not blame the role', () => {
    const gone = 'rolebindings.rbac.authorization.k8s.io "drawbridge-x" not found';
    expect(classify({ status: 404, message: gone }, 'RoleBinding')).to.equal('Gone, soon');
    expect(classify({ status: 404, message: 'namespaces "payments" not found' }, 'RoleBinding')).to.equal('Gone, soon');
  });

  it('404 on anything else is an object that went meanwhile', () => {
    expect(classify({ status: 404, message: 'not found' }, 'Role')).to.equal('Gone, soon');
  });

  it('THREATS 18: 409 tells an object that is being deleted from one that somebody wrote', () => {
    const deleted = 'object is being deleted: networkpolicies "x" already exists';
    expect(classify({ status: 409, message: deleted })).to.equal('BeingDeleted, soon');
    expect(classify({ status: 409, message: 'the object has been modified' })).to.equal('Conflict, soon');
    expect(classify({ status: 409, reason: 'AlreadyExists' })).to.equal('Conflict, soon');
  });

  it("THREATS 18: 422 is this namespace's alone, and tried again: policies answer it too", () => {
    expect(classify({ status: 422 })).to.equal('Invalid, backoff');
  });

  it('429, 5xx and no answer are tried again, not before the time the server asks for', () => {
    expect(full({ status: 429, retryAfterMs: 7000 })).to.include({ reason: 'Throttled', retryAfterMs: 7000 });
    expect(full({ status: 503, retryAfterMs: 3000 })).to.include({ reason: 'ServerError', retryAfterMs: 3000 });
    expect(full({ status: 500 })).to.not.have.property('retryAfterMs');
    expect(classify({ status: 0 })).to.equal('Unreachable, backoff');
  });

  it('THREATS 18: never stalls a baseline for anything else', () => {
    for (const status of [0, 400, 401, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504]) {
      for (const kind of ['NetworkPolicy', 'Role', 'RoleBinding']) {
        for (const lacks of [true, false, undefined]) {
          expect(full({ status }, kind, lacks).retry, `${status} ${kind}`).to.not.equal('stalled');
        }
      }
    }
  });

  it('keeps the words of the server', () => {
    expect(full({ status: 422, message: 'spec is wrong' }).message).to.equal('spec is wrong');
  });
});
