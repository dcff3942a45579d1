import { expect } from 'chai';
import type { RbacSpec, RoleBindingSpec, SubjectSpec } from '../../../src/api/types.ts';
import { roleBindings } from '../../../src/controls/rbac/roleBindings.ts';
import type { KubeObject, Labels } from '../../../src/k8s/object.ts';
import { brief, names, UNKNOWN, viewWith } from '../fixtures.ts';

const VIEWER = { name: 'viewer', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
const toRole = { kind: 'Role' as const, name: 'viewer' };
const toClusterRole = { kind: 'ClusterRole' as const, name: 'view' };
const RBAC = 'rbac.authorization.k8s.io';

const spec = (...bindings: RoleBindingSpec[]): RbacSpec => ({ roles: [VIEWER], roleBindings: bindings });
const withSubjects = (...subjects: SubjectSpec[]): RbacSpec =>
  spec({ name: 'viewers', roleRef: toClusterRole, subjects });
const build = (rbac: RbacSpec, labels: Labels = {}) => roleBindings.build(rbac, viewWith({ labels }));
const group = (name: string): SubjectSpec => ({ kind: 'Group', name });

describe('rbac.role-bindings', () => {
  it('writes bindings fully defaulted, a Role by its prefixed name', () => {
    const built = build(
      spec({
        name: 'viewers',
        roleRef: toRole,
        subjects: [
          group('team-a'),
          { kind: 'User', name: 'jane@example.org' },
          { kind: 'ServiceAccount', name: 'ci' },
          { kind: 'ServiceAccount', name: 'ci', namespace: 'tools' },
        ],
      }),
    );
    expect(built.findings).to.deep.equal([]);
    expect(built.wanted).to.have.lengthOf(1);
    expect(built.wanted[0]?.name).to.match(/^drawbridge-viewers-[0-9a-f]{8}$/);
    expect(built.wanted[0]?.body).to.deep.equal({
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'drawbridge-viewer' },
      subjects: [
        { kind: 'Group', apiGroup: RBAC, name: 'team-a' },
        { kind: 'User', apiGroup: RBAC, name: 'jane@example.org' },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'payments' },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'tools' },
      ],
    });
  });

  it('has another name for another roleRef, so that the new one is made before the old one goes', () => {
    const binding = { name: 'viewers', subjects: [group('team-a')] };
    const [a] = names(build(spec({ ...binding, roleRef: toClusterRole })).wanted);
    const [b] = names(build(spec({ ...binding, roleRef: { ...toClusterRole, name: 'edit' } })).wanted);
    const [c] = names(build(spec({ ...binding, roleRef: toRole })).wanted);
    expect(new Set([a, b, c]).size).to.equal(3);
  });

  it('THREATS 12: fills in the name and the labels of the namespace', () => {
    const built = build(
      withSubjects(
        group('team-$(namespace.labels.team)-of-$(namespace.name)'),
        group('env-$(namespace.labels.example.org/env)'),
      ),
      { team: 'red', 'example.org/env': 'prod' },
    );
    expect(built.wanted[0]?.body.subjects).to.deep.equal([
      { kind: 'Group', apiGroup: RBAC, name: 'team-red-of-payments' },
      { kind: 'Group', apiGroup: RBAC, name: 'env-prod' },
    ]);
  });

  it('THREATS 12: leaves the whole binding out when a label is missing', () => {
    const built = build(withSubjects(group('team-a'), group('team-$(namespace.labels.team)')));
    expect(built.wanted).to.deep.equal([]);
    expect(built.findings?.map(brief)[0]).to.match(/^fail\/medium SubjectLabelMissing RoleBinding drawbridge-viewers-/);
    expect(built.findings?.[0]?.message).to.equal('The RoleBinding is left out: the namespace has no label team.');
  });

  it('never takes a label from the prototype of all objects', () => {
    expect(build(withSubjects(group('team-$(namespace.labels.constructor)'))).findings?.[0]?.reason).to.equal(
      'SubjectLabelMissing',
    );
  });

  const refused: readonly (readonly [string, SubjectSpec, Labels])[] = [
    ['a template without three characters first', group('t-$(namespace.labels.team)'), { team: 'a' }],
    ['a template that is all label', group('$(namespace.labels.team)'), { team: 'a' }],
    ['a rendered system: name', group('sys$(namespace.labels.team)'), { team: 'tem:masters' }],
    ['a written system: name', group('system:authenticated'), {}],
    ['a system: name in other case', group('System:masters'), {}],
    ['an empty label', group('team-$(namespace.labels.team)'), { team: '' }],
    ['an unknown placeholder', group('team-$(namespace.annotations.team)'), {}],
    ['an unclosed placeholder', group('team-$(namespace.name'), {}],
    ['a name with spaces around', group(' team-a'), {}],
    ['control characters', { kind: 'User', name: 'team\na' }, {}],
    ['a name that is too long', { kind: 'User', name: `${'u'.repeat(250)}$(namespace.name)` }, {}],
    ['a ServiceAccount of an invalid name', { kind: 'ServiceAccount', name: 'CI' }, {}],
    ['a ServiceAccount of an invalid namespace', { kind: 'ServiceAccount', name: 'ci', namespace: 'a.b' }, {}],
    ['a group with a namespace', { kind: 'Group', name: 'team-a', namespace: 'tools' }, {}],
  ];
  for (const [title, subject, labels] of refused) {
    it(`THREATS 12: leaves the binding out for ${title}`, () => {
      const built = build(withSubjects(subject), labels);
      expect(built.wanted).to.deep.equal([]);
      expect(built.findings?.map(({ reason, result }) => `${result} ${reason}`)).to.deep.equal(['fail SubjectRefused']);
    });
  }

  it('escapes what labels say', () => {
    const built = build(withSubjects(group('sys$(namespace.labels.team)')), {
      team: `tem:\u001b[31m${'x'.repeat(100)}`,
    });
    expect(built.findings?.[0]?.message).to.include('\\u001b').and.to.not.include('\u001b');
  });

  it('leaves out a binding to a role that the baseline does not have', () => {
    const built = build(
      spec({ name: 'viewers', roleRef: { kind: 'Role', name: 'ghost' }, subjects: [group('team-a')] }),
    );
    expect(built.wanted).to.deep.equal([]);
    expect(built.findings?.[0]?.reason).to.equal('RoleRefMissing');
  });

  it('waits with a binding whose Role cannot be created yet', () => {
    const binding = { name: 'viewers', roleRef: toRole, subjects: [group('team-a')] };
    const facts = { grantable: UNKNOWN };
    const waiting = roleBindings.build(spec(binding), viewWith({ facts }));
    expect(waiting.wanted).to.deep.equal([]);
    expect(waiting.kept).to.have.lengthOf(1);
    const role: KubeObject = {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name: 'drawbridge-viewer', namespace: 'payments' },
      rules: [],
    };
    expect(roleBindings.build(spec(binding), viewWith({ facts, objects: [role] })).wanted).to.have.lengthOf(1);
  });

  it('writes a subject once', () => {
    expect(
      build(withSubjects(group('team-payments'), group('team-$(namespace.name)'))).wanted[0]?.body.subjects,
    ).to.have.lengthOf(1);
  });

  it('finds the reserved prefix without our label', () => {
    const planted: KubeObject = {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'drawbridge-x', namespace: 'payments' },
    };
    expect(roleBindings.inspect?.(spec(), viewWith({ objects: [planted] })).findings.map(brief)).to.deep.equal([
      'fail/medium ReservedNameInUse RoleBinding drawbridge-x',
    ]);
  });
});
