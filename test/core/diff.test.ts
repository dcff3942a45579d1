import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_OWN_BODY } from '../../src/core/kinds/ownBody.ts';
import { canonical, diffObject, mayWiden, ownLabels } from '../../src/core/plan/diff.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { entry } from '../support/build.ts';

const LABELS = ownLabels('restricted', 'network.default-deny');

const live = (spec: unknown, meta: object = {}): Entry =>
  entry('NetworkPolicy', 'drawbridge-x', { spec }, { labels: LABELS, ...meta });
const diff = (want: unknown, have: unknown, meta: object = {}): readonly string[] =>
  diffObject(LABELS, { spec: want as object }, live(have, meta));
const peers = (selector: unknown): object => ({ ingress: [{ from: [{ podSelector: selector }] }] });

describe('the difference between wanted and live', () => {
  it('is nothing between equal objects', () => {
    expect(
      diff({ podSelector: {}, policyTypes: ['Ingress'] }, { podSelector: {}, policyTypes: ['Ingress'] }),
    ).to.deep.equal([]);
  });

  const EQUAL: readonly (readonly [string, unknown, unknown])[] = [
    ['null and absent', { ingress: null }, {}],
    ['absent and an empty list', {}, { ingress: [] }],
    ['an empty list and null', { ingress: [] }, { ingress: null }],
    ['an empty matchLabels and none', { podSelector: { matchLabels: {} } }, { podSelector: {} }],
    ['no matchLabels and an empty one', { podSelector: {} }, { podSelector: { matchLabels: {} } }],
    ['policyTypes in another order', { policyTypes: ['Egress', 'Ingress'] }, { policyTypes: ['Ingress', 'Egress'] }],
    ['keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['the same number', { ingress: [{ ports: [{ port: 80 }] }] }, { ingress: [{ ports: [{ port: 80 }] }] }],
  ];
  for (const [what, want, have] of EQUAL) {
    it(`is nothing between ${what}`, () => {
      expect(diff(want, have)).to.deep.equal([]);
    });
  }

  const DIFFERENT: readonly (readonly [string, unknown, unknown, string])[] = [
    ['an added rule', { ingress: [] }, { ingress: [{}] }, '/spec/ingress'],
    ['a rule beside the wanted one', { ingress: [{ from: [] }] }, { ingress: [{ from: [] }, {}] }, '/spec/ingress'],
    ['a rule that became everything', peers({ matchLabels: { a: '1' } }), { ingress: [{}] }, '/spec/ingress/0/from'],
    // `namespaceSelector: {}` is every namespace, and its absence is this one.
    ['{} where nothing is wanted', { a: {} }, { a: { namespaceSelector: {} } }, '/spec/a/namespaceSelector'],
    ['nothing where {} is wanted', { a: { namespaceSelector: {} } }, { a: {} }, '/spec/a/namespaceSelector'],
    ['a field nobody wants', { a: 1 }, { a: 1, b: 2 }, '/spec/b'],
    [
      'a label more in a selector',
      peers({ matchLabels: { a: '1' } }),
      peers({ matchLabels: { a: '1', b: '2' } }),
      '/spec/ingress/0/from/0/podSelector/matchLabels/b',
    ],
    [
      'a selector that lost its labels',
      peers({ matchLabels: { a: '1' } }),
      peers({}),
      '/spec/ingress/0/from/0/podSelector/matchLabels',
    ],
    ['a number and its text', { port: 80 }, { port: '80' }, '/spec/port'],
    ['another order of peers', { from: ['a', 'b'] }, { from: ['b', 'a'] }, '/spec/from/0'],
    ['a type in place of another', { policyTypes: ['Ingress'] }, { policyTypes: ['Egress'] }, '/spec/policyTypes/0'],
    [
      'a type twice',
      { policyTypes: ['Ingress', 'Egress'] },
      { policyTypes: ['Ingress', 'Ingress'] },
      '/spec/policyTypes/0',
    ],
    ['a list in place of an object', { a: {} }, { a: [] }, '/spec/a'],
    ['false and absent', { a: false }, {}, '/spec/a'],
  ];
  for (const [what, want, have, field] of DIFFERENT) {
    it(`is found for ${what}`, () => {
      expect(diff(want, have)).to.include(field);
    });
  }

  it('is found for a label that has the name of something JavaScript objects inherit', () => {
    for (const key of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
      const [narrow, wide] = [peers({ matchLabels: { a: '1', [key]: 'x' } }), peers({ matchLabels: { a: '1' } })];
      expect(diff(wide, narrow), key).to.deep.equal([`/spec/ingress/0/from/0/podSelector/matchLabels/${key}`]);
      expect(diff(narrow, wide), key).to.deep.equal([`/spec/ingress/0/from/0/podSelector/matchLabels/${key}`]);
    }
  });

  it('treats verbs, resources, apiGroups, resourceNames and subjects as sets', () => {
    const role = (rule: object): Entry => entry('Role', 'drawbridge-r', { rules: [rule] }, { labels: LABELS });
    const want = { apiGroups: ['', 'apps'], resources: ['a', 'b'], verbs: ['get', 'list'], resourceNames: ['x', 'y'] };
    const turned = Object.fromEntries(Object.entries(want).map(([key, list]) => [key, list.toReversed()]));
    expect(diffObject(LABELS, { rules: [want] }, role(turned))).to.deep.equal([]);
    const more = { ...want, verbs: [...want.verbs, 'delete'] };
    expect(diffObject(LABELS, { rules: [want] }, role(more))).to.deep.equal(['/rules/0/verbs']);
    const subjects = [
      { kind: 'Group', name: 'a' },
      { kind: 'User', name: 'b' },
    ];
    const binding = (list: readonly object[]): Entry =>
      entry('RoleBinding', 'drawbridge-b', { subjects: list }, { labels: LABELS });
    expect(diffObject(LABELS, { subjects }, binding(subjects.toReversed()))).to.deep.equal([]);
    expect(diffObject(LABELS, { subjects }, binding([...subjects, { kind: 'User', name: 'c' }]))).to.deep.equal([
      '/subjects',
    ]);
  });

  it('THREATS 2: is found for ownerReferences, foreign finalizers and missing or other labels of ours', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' };
    expect(diff({}, {}, { ownerReferences: [owner] })).to.deep.equal(['/metadata/ownerReferences']);
    expect(diff({}, {}, { finalizers: ['x/y'] })).to.deep.equal(['/metadata/finalizers']);
    expect(diff({}, {}, { labels: { ...LABELS, 'drawbridge.dev/baseline': 'other' } })).to.deep.equal([
      '/metadata/labels/drawbridge.dev~1baseline',
    ]);
    expect(diff({}, {}, { labels: {} })).to.have.length(3);
  });

  it('is nothing for foreign labels and annotations', () => {
    expect(diff({}, {}, { labels: { ...LABELS, theirs: 'x' }, annotations: { theirs: 'y' } })).to.deep.equal([]);
  });

  it('is the whole of an object that is too large to be compared, or whose content is not kept', () => {
    const large = { podSelector: { matchLabels: { a: 'x'.repeat(MAX_OWN_BODY) } } };
    expect(diff({}, large)).to.deep.equal(['/']);
    expect(diffObject(LABELS, {}, { ...live({}), body: undefined })).to.deep.equal(['/']);
  });

  it('is never found between what is built and what a server echoes', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ maxLength: 3 }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('matchLabels', 'verbs', 'from', 'constructor', '__proto__'), tie('value'), {
          maxKeys: 3,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (body) => {
        const echoed = JSON.parse(JSON.stringify({ body }));
        expect(diffObject(LABELS, { body }, { ...live({}), body: { whole: echoed } })).to.deep.equal([]);
        const without = dropEmpty(echoed);
        expect(diffObject(LABELS, { body }, { ...live({}), body: { whole: without } })).to.deep.equal([]);
        expect(canonical(without)).to.equal(canonical(echoed));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a difference', () => {
  it('THREATS 5: may widen access unless it is in labels alone', () => {
    expect(mayWiden(['/metadata/labels/a', '/metadata/labels/b'])).to.equal(false);
    for (const field of ['/', '/spec/ingress', '/metadata/ownerReferences', '/metadata/finalizers', '/rules']) {
      expect(mayWiden(['/metadata/labels/a', field]), field).to.equal(true);
    }
  });
});

/** As the API server stores objects: fields that are null or empty lists are not there. */
function dropEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, v]) => v !== null && !(Array.isArray(v) && v.length === 0));
  return Object.fromEntries(kept.map(([key, v]) => [key, dropEmpty(v)]));
}
