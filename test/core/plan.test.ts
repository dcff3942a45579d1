import { expect } from 'chai';
import { viewOf } from '../../src/core/control/view.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import type { PlanInput, PlannedObject } from '../../src/core/plan/plan.ts';
import { isOurs, planSection } from '../../src/core/plan/plan.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { entry, FACTS, namespaceEntry } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';

const OURS = ownLabels('restricted', 'network.default-deny');
const OTHERS = ownLabels('another', 'network.allow-rules');
const DENY = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
const ALLOW = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] };

const planned = (name: string, spec: object = DENY, stage: 'allow' | 'guard' = 'guard'): PlannedObject => ({
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name },
  control: 'network.default-deny',
  stage,
  desired: { apiVersion: 'networking.k8s.io/v1', labels: OURS, body: { spec } },
});
const policy = (name: string, spec: object = DENY, meta: object = { labels: OURS }): Entry =>
  entry('NetworkPolicy', name, { spec }, meta);

const INPUT: PlanInput = {
  section: 'network',
  baseline: 'restricted',
  planned: [],
  kept: [],
  remove: [],
  kinds: ['NetworkPolicy'],
  pruneReason: 'NotDeclared',
};
const plan = (input: Partial<PlanInput>, ...live: readonly Entry[]): readonly Change[] =>
  planSection({ ...INPUT, ...input }, viewOf(createIndex(...live), namespaceEntry('payments'), FACTS));
const brief = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ action, stage, ref }) => `${action} ${ref.name} in ${stage}`);

describe('the plan of a section', () => {
  it('creates what is missing, in the stage of its control', () => {
    expect(brief(plan({ planned: [planned('drawbridge-a', ALLOW, 'allow'), planned('drawbridge-d')] }))).to.deep.equal([
      'create drawbridge-a in allow',
      'create drawbridge-d in guard',
    ]);
  });

  it('is empty when everything is as planned', () => {
    expect(plan({ planned: [planned('drawbridge-d')] }, policy('drawbridge-d'))).to.deep.equal([]);
  });

  it('updates what differs and names the fields', () => {
    const [change] = plan({ planned: [planned('drawbridge-d')] }, policy('drawbridge-d', { ...DENY, ingress: [{}] }));
    expect(change).to.deep.include({ action: 'update', fields: ['/spec/ingress'], urgent: true, takeOver: false });
  });

  it('THREATS 5: is not urgent where only labels differ', () => {
    const [change] = plan({ planned: [planned('drawbridge-d')] }, policy('drawbridge-d', DENY, { labels: OTHERS }));
    expect(change).to.include({ action: 'update', urgent: false, takeOver: false });
  });

  it('THREATS 1: takes over what stands under a planned name without our label, whatever it is', () => {
    const [change] = plan({ planned: [planned('drawbridge-d')] }, policy('drawbridge-d', ALLOW, { labels: {} }));
    expect(change).to.include({ action: 'update', takeOver: true, urgent: true });
  });

  it('puts right an object that is too large to be compared', () => {
    const large = policy('drawbridge-d', { podSelector: { matchLabels: { a: 'x'.repeat(70_000) } } });
    expect(plan({ planned: [planned('drawbridge-d')] }, large)[0]).to.deep.include({ action: 'update', fields: ['/'] });
  });

  it('THREATS 2: makes anew what is being deleted, however right it looks', () => {
    const going = policy('drawbridge-d', DENY, { labels: OURS, deletionTimestamp: 'now', finalizers: ['x/y'] });
    expect(plan({ planned: [planned('drawbridge-d')] }, going)[0]).to.include({
      action: 'recreate',
      reason: 'Terminating',
    });
  });

  it('THREATS 2: makes a RoleBinding anew only when its roleRef was replaced', () => {
    const ref = { kind: 'RoleBinding', namespace: 'payments', name: 'drawbridge-b' };
    const body = { roleRef: { apiGroup: 'g', kind: 'Role', name: 'a' }, subjects: [{ kind: 'Group', name: 'x' }] };
    const desired = { apiVersion: 'rbac.authorization.k8s.io/v1', labels: OURS, body };
    const wanted: PlannedObject = { ref, control: 'rbac.role-bindings', stage: 'guard', desired };
    const binding = (more: object): Entry => entry('RoleBinding', ref.name, { ...body, ...more }, { labels: OURS });
    const now = (more: object): readonly Change[] =>
      plan({ section: 'rbac', kinds: ['RoleBinding'], planned: [wanted] }, binding(more));
    expect(now({})).to.deep.equal([]);
    expect(now({ roleRef: { ...body.roleRef, name: 'cluster-admin' } })[0]).to.include({
      action: 'recreate',
      reason: 'RoleRefReplaced',
    });
    expect(now({ subjects: [...body.subjects, { kind: 'User', name: 'eve' }] })[0]).to.include({ action: 'update' });
  });
});

describe('what a plan prunes', () => {
  it('THREATS 1: is every object of ours that it does not name, whichever baseline its label claims', () => {
    const changes = plan({}, policy('drawbridge-old'), policy('drawbridge-more', ALLOW, { labels: OTHERS }));
    expect(brief(changes)).to.deep.equal([
      'delete drawbridge-more in prune-allow',
      'delete drawbridge-old in prune-guard',
    ]);
    expect(changes.map((c) => c.action === 'delete' && c.reason)).to.deep.equal(['NotDeclared', 'NotDeclared']);
  });

  it('THREATS 1: is never an object with the prefix alone, or the label alone', () => {
    const prefix = policy('drawbridge-theirs', ALLOW, { labels: {} });
    const label = entry('Role', 'drawbridge-x', {}, { labels: OURS });
    expect(isOurs(prefix)).to.equal(false);
    expect(isOurs({ ...label, name: 'theirs' })).to.equal(false);
    expect(plan({}, prefix, policy('theirs', ALLOW))).to.deep.equal([]);
  });

  it('is only of the kinds of the section', () => {
    expect(plan({}, entry('Role', 'drawbridge-r', {}, { labels: OURS }))).to.deep.equal([]);
  });

  it('leaves what a missing fact keeps, changed or not, and does not create it', () => {
    const kept = [{ kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-allow-dns' }];
    expect(plan({ kept }, policy('drawbridge-allow-dns', ALLOW))).to.deep.equal([]);
    expect(plan({ kept })).to.deep.equal([]);
  });

  it('leaves what is being deleted already', () => {
    expect(plan({}, policy('drawbridge-old', DENY, { labels: OURS, deletionTimestamp: 'now' }))).to.deep.equal([]);
  });

  it('is of others only what was asked for by name, and is still there', () => {
    const remove = ['b', 'a', 'gone', 'going'].map((name) => ({
      kind: 'NetworkPolicy',
      namespace: 'payments',
      name,
    }));
    const going = policy('going', ALLOW, { deletionTimestamp: 'now' });
    const changes = plan({ remove }, policy('a', ALLOW, {}), policy('b', ALLOW, {}), policy('c', ALLOW, {}), going);
    expect(changes.map((c) => c.action === 'delete' && `${c.ref.name} ${c.reason}`)).to.deep.equal([
      'a ForeignPolicy',
      'b ForeignPolicy',
    ]);
  });

  it('THREATS 3: goes in the reverse order of writes: bindings before Roles, denies before allows', () => {
    const changes = planSection(
      { ...INPUT, kinds: ['Role', 'RoleBinding', 'NetworkPolicy'], pruneReason: 'Released' },
      viewOf(
        createIndex(
          policy('drawbridge-allow', ALLOW),
          policy('drawbridge-deny'),
          entry('Role', 'drawbridge-r', {}, { labels: OURS }),
          entry('RoleBinding', 'drawbridge-b', {}, { labels: OURS }),
        ),
        namespaceEntry('payments'),
        FACTS,
      ),
    );
    expect(Object.fromEntries(changes.map(({ ref, stage }) => [ref.name, stage]))).to.deep.equal({
      'drawbridge-r': 'prune-allow',
      'drawbridge-b': 'prune-guard',
      'drawbridge-deny': 'prune-guard',
      'drawbridge-allow': 'prune-allow',
    });
    expect(changes.every((c) => c.action === 'delete' && c.reason === 'Released')).to.equal(true);
  });
});
