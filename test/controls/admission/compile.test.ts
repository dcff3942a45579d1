import { expect } from 'chai';
import type { RbacSpec, SecurityBaselineSpec } from '../../../src/api/types.ts';
import { globsCel, selectorCel } from '../../../src/controls/admission/cel.ts';
import type { AdmissionObject, CompiledAdmission } from '../../../src/controls/admission/compile.ts';
import { BINDING, compileAdmission, POLICY } from '../../../src/controls/admission/compile.ts';
import { labelsReadBy } from '../../../src/controls/admission/namespaceLabels.ts';
import { baselinesIn } from '../../../src/controls/admission/wish.ts';
import { record } from '../../../src/k8s/json.ts';
import { baseline, OWN } from '../../support/build.ts';

const OPERATOR = 'system:serviceaccount:drawbridge-system:drawbridge';

const source = (name: string, spec: Partial<SecurityBaselineSpec>) => {
  const made = baseline(name, { admission: 'Deny', ...spec }).spec;
  return { baseline: name, action: made.admission ?? 'Deny', spec: made };
};

const admission = (...sources: ReturnType<typeof source>[]): CompiledAdmission =>
  compileAdmission({
    sources,
    labels: sources.flatMap(({ spec }) => labelsReadBy(spec)),
    operator: OPERATOR,
    ownNamespace: OWN,
  });

const compiled = (...sources: ReturnType<typeof source>[]): readonly AdmissionObject[] => admission(...sources).objects;

const named = (objects: readonly AdmissionObject[], kind: string): readonly string[] =>
  objects.filter(({ ref }) => ref.kind === kind).map(({ ref }) => ref.name);

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it is about
const specOf = (objects: readonly AdmissionObject[], kind: string, name: string): any =>
  objects.find(({ ref }) => ref.kind === kind && ref.name === name)?.desired.body.spec;

describe('Policies at admission', () => {
  const FORBID: RbacSpec = { forbid: ['Wildcards', 'PodExec'] };

  it('are one for each thing that is refused, with a binding after all of them that puts it in force', () => {
    const objects = compiled(source('a', { rbac: FORBID, serviceAccounts: { defaultToken: 'Disabled' } }));
    const names = [
      'own-objects',
      'namespace-labels',
      'default-token',
      'forbidden-roles',
      'forbidden-bindings',
      'reports',
      'waivers',
      'probe',
    ].map((topic) => `drawbridge-${topic}-deny`);
    expect(objects.map(({ ref }) => [ref.kind, ref.name])).to.deep.equal([
      ...names.map((name) => [POLICY, name]),
      ...names.map((name) => [BINDING, name]),
    ]);
  });

  it('are as many for a thousand baselines as for one, and none for none', () => {
    const many = Array.from({ length: 1000 }, (_, at) => source(`b-${at}`, {}));
    expect(compiled(...many)).to.have.length(compiled(source('a', {})).length);
    expect(compiled()).to.deep.equal([]);
  });

  it('end with a probe, policy and binding, that differs when any of the others does, and exempts nobody', () => {
    const [a, b] = [source('a', {}), source('a', { rbac: FORBID })];
    const probes = [a, b].map((one) => admission(one).probe);
    expect(probes[0]).to.match(/^[0-9a-f]{16}$/);
    expect(probes[1]).not.to.equal(probes[0]);
    expect(admission(a).probe).to.equal(probes[0]);
    expect(admission().probe).to.equal(undefined);
    const objects = compiled(a);
    for (const kind of [POLICY, BINDING]) expect(named(objects, kind).at(-1)).to.equal('drawbridge-probe-deny');
    const policy = specOf(objects, POLICY, 'drawbridge-probe-deny');
    expect(policy.matchConditions).to.deep.equal([{ name: 'dry-run', expression: 'request.dryRun' }]);
    const { matchResources } = specOf(objects, BINDING, 'drawbridge-probe-deny');
    for (const { objectSelector, resourceRules } of [policy.matchConstraints, matchResources]) {
      expect(objectSelector).to.deep.equal({ matchLabels: { 'drawbridge.dev/probe': probes[0] } });
      expect(resourceRules).to.have.length(1);
      expect(resourceRules[0]).to.deep.include({ resources: ['baselinereports'], operations: ['CREATE'] });
    }
  });

  it('are the same in whatever order the baselines come', () => {
    const [a, b] = [source('a', {}), source('b', { admission: 'Warn' })];
    expect(compiled(a, b)).to.deep.equal(compiled(b, a));
  });

  it('are for each action that is asked for; reports and waivers for the strictest alone', () => {
    const objects = compiled(source('a', { admission: 'Audit' }), source('b', { admission: 'Warn' }));
    expect(named(objects, BINDING)).to.deep.equal([
      'drawbridge-own-objects-audit',
      'drawbridge-namespace-labels-audit',
      'drawbridge-own-objects-warn',
      'drawbridge-namespace-labels-warn',
      'drawbridge-reports-warn',
      'drawbridge-waivers-warn',
      'drawbridge-probe-deny',
    ]);
    const actions = (name: string) => specOf(objects, BINDING, name).validationActions;
    expect(actions('drawbridge-own-objects-audit')).to.deep.equal(['Audit']);
    expect(actions('drawbridge-own-objects-warn')).to.deep.equal(['Warn', 'Audit']);
    const deny = specOf(compiled(source('a', {})), BINDING, 'drawbridge-own-objects-deny');
    expect(deny).to.deep.equal({ policyName: 'drawbridge-own-objects-deny', validationActions: ['Deny', 'Audit'] });
  });

  it('refuse nothing for a section that only audits', () => {
    const audits = source('a', { rbac: { ...FORBID, enforcement: 'Audit' } });
    const forbidden = named(compiled(audits), POLICY).filter((name) => name.includes('forbidden'));
    expect(forbidden).to.deep.equal(['drawbridge-forbidden-roles-audit', 'drawbridge-forbidden-bindings-audit']);
  });

  it('THREATS 23: never look at the operator, the garbage collector or the namespace controller, and at nothing before that', () => {
    const objects = compiled(source('a', { rbac: FORBID, serviceAccounts: { defaultToken: 'Disabled' } }));
    for (const name of named(objects, POLICY)) {
      const { matchConditions, failurePolicy } = specOf(objects, POLICY, name);
      expect(failurePolicy, name).to.equal('Fail');
      const users = [
        OPERATOR,
        'system:serviceaccount:kube-system:generic-garbage-collector',
        'system:serviceaccount:kube-system:namespace-controller',
        'system:kube-controller-manager',
      ];
      // Only the probe is for the operator.
      if (name === 'drawbridge-probe-deny') continue;
      expect(matchConditions[0].expression, name).to.equal(`!(request.userInfo.username in ${JSON.stringify(users)})`);
    }
  });

  it('THREATS 23: know objects of ours by their name, and read no label of theirs', () => {
    const objects = compiled(source('a', {}));
    const spec = specOf(objects, POLICY, 'drawbridge-own-objects-deny');
    expect(spec.matchConditions[1].expression).to.contain("startsWith('drawbridge-')");
    expect(JSON.stringify(spec)).not.to.match(/(?<!namespace)[oO]bject\.metadata\.labels/);
    expect(spec.matchConstraints.objectSelector).to.deep.equal({});
    const rules = spec.matchConstraints.resourceRules as readonly { operations: readonly string[] }[];
    for (const { operations } of rules) expect(operations).to.deep.equal(['CREATE', 'UPDATE', 'DELETE']);
  });

  it('say of which baselines they were made, for the process that comes after', () => {
    const objects = compiled(source('b', {}), source('a', { admission: 'Warn' }));
    for (const name of named(objects, POLICY)) {
      expect(baselinesIn({ spec: specOf(objects, POLICY, name) }), name).to.deep.equal(['a', 'b']);
    }
    for (const no of [undefined, {}, { spec: { variables: [{ name: 'baselines', expression: 'nonsense' }] } }]) {
      expect(baselinesIn(no)).to.deep.equal([]);
    }
  });

  it('THREATS 12, 14: guard the labels that selectors and subjects read', () => {
    const { spec } = baseline('a', {
      namespaceSelector: { matchLabels: { tier: 'x' }, matchExpressions: [{ key: 'env', operator: 'Exists' }] },
      rbac: {
        roleBindings: [
          {
            name: 'viewers',
            roleRef: { kind: 'ClusterRole', name: 'view' },
            subjects: [{ kind: 'Group', name: 'team-$(namespace.labels.team)-$(namespace.labels.example.com/org)' }],
          },
        ],
      },
    });
    expect(labelsReadBy(spec)).to.deep.equal(['tier', 'env', 'team', 'example.com/org']);
    const guarded = JSON.stringify(
      specOf(compiled(source('a', spec)), POLICY, 'drawbridge-namespace-labels-deny').variables,
    );
    for (const key of ['tier', 'env', 'team', 'example.com/org', 'pod-security.kubernetes.io/enforce']) {
      expect(guarded).to.contain(key);
    }
  });

  it('stay out of where a stricter baseline speaks', () => {
    const objects = compiled(
      source('deny', { namespaceSelector: { matchLabels: { a: '1' } } }),
      source('warn', { admission: 'Warn', namespaceSelector: { matchLabels: { b: '2' } } }),
    );
    const holders = (name: string): string => {
      const variables = specOf(objects, POLICY, name).variables as readonly Record<string, string>[];
      return String(record(variables.find((one) => one.name === 'holders')).expression);
    };
    expect(holders('drawbridge-own-objects-warn')).to.equal(
      'variables.selectedBy.exists(name, name in ["deny"]) ? [] : variables.selectedBy.filter(name, name in ["warn"])',
    );
    expect(holders('drawbridge-own-objects-deny')).to.equal('variables.selectedBy.filter(name, name in ["deny"])');
  });
});

describe('CEL', () => {
  const SELECTORS: readonly (readonly [object, string])[] = [
    [{ matchLabels: {} }, 'true'],
    [{ matchLabels: { a: 'x' } }, '("a" in l && l["a"] in ["x"])'],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x', 'y'] }] }, '!("a" in l && l["a"] in ["x","y"])'],
    [
      { matchLabels: { a: '' }, matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] },
      '(("a" in l && l["a"] in [""]) && !("b" in l))',
    ],
    [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, 'false'],
  ];
  for (const [selector, cel] of SELECTORS) {
    it(`says ${JSON.stringify(selector)} as ${cel}`, () => expect(selectorCel(selector, 'l')).to.equal(cel));
  }

  it('says globs as names and one pattern', () => {
    expect(globsCel([], 'n')).to.equal('false');
    expect(globsCel(['a', 'b-*', '?c'], 'n')).to.equal('(n in ["a"] || n.matches("^(b-.*|.c)$"))');
  });
});
