import { expect } from 'chai';
import type { ManifestDocument } from '../../../src/cli/files/documents.ts';
import { documentsOf } from '../../../src/cli/files/documents.ts';
import { fileIndex } from '../../../src/cli/files/fileIndex.ts';
import { objectsOf } from '../../../src/cli/world/fileObjects.ts';
import { parseLabels } from '../../../src/cli/world/options.ts';
import { isWatched } from '../../../src/cli/world/watched.ts';
import { KINDS, kindRow } from '../../../src/core/kinds/kinds.ts';
import type { ClusterRoleBody } from '../../../src/core/model/bodies.ts';
import { entryOf } from '../../../src/k8s/entry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { objectIndexContract } from '../../k8s/objectIndexContract.ts';
import { GRANTABLE, NAMESPACE } from '../samples.ts';

objectIndexContract('The index of files', (objects) =>
  fileIndex(objects.map((object) => entryOf(object.kind, object, { body: {} }))),
);

const entriesIn = (text: string, namespace?: string) => {
  const documents = documentsOf({ name: 'a.yaml', isNamed: true, content: { text } });
  return objectsOf(documents as readonly ManifestDocument[], namespace).entries;
};

describe('Objects of files', () => {
  it('are what an API server would make of them', () => {
    const [namespace] = entriesIn(NAMESPACE);
    expect(namespace?.labels).to.deep.equal({
      baseline: 'restricted',
      team: 'pay',
      'kubernetes.io/metadata.name': 'payments',
    });
    const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n';
    expect([policy, policy].map((text, index) => entriesIn(text, [undefined, 'b'][index])[0]?.namespace)).to.deep.equal(
      ['default', 'b'],
    );
    const scoped = NAMESPACE.replace('name: payments', 'name: payments\n  namespace: other');
    expect(entriesIn(scoped)[0]?.namespace).to.equal('');
  });

  it('have aggregated ClusterRoles with the rules of those that they select', () => {
    const rulesIn = (text: string) =>
      entriesIn(text)
        .filter(({ name }) => name === 'drawbridge-grantable')
        .flatMap(({ body }) => (body as ClusterRoleBody).rules ?? []);
    expect(rulesIn(GRANTABLE).map(({ verbs }) => verbs)).to.deep.equal([['get', 'list']]);
    const listed = GRANTABLE.split('---\n')[0]?.replace('aggregationRule', 'rules: [{verbs: [get]}]\naggregationRule');
    expect(rulesIn(listed ?? '')).to.have.lengthOf(1);
  });

  it('are of our kinds by group, and of no other', () => {
    expect(entriesIn('apiVersion: example.com/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n')).to.deep.equal([]);
    expect(entriesIn('kind: NetworkPolicy\nmetadata: {name: a}\n')).to.deep.equal([]);
  });
});

describe('What a watch would bring', () => {
  const object = (name: string, namespace: string, labels = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name, namespace, labels },
  });
  const CASES: readonly (readonly [string, string, KubeObject, boolean])[] = [
    ['fieldSelector', 'metadata.name=default', object('default', 'a'), true],
    ['fieldSelector', 'metadata.name=default', object('other', 'a'), false],
    ['fieldSelector', 'metadata.name==x,metadata.namespace!=a', object('x', 'b'), true],
    ['fieldSelector', 'metadata.name==x,metadata.namespace!=a', object('x', 'a'), false],
    ['fieldSelector', 'status.phase=Running', object('x', 'a'), false],
    ['labelSelector', 'k in (a,b)', object('x', 'a', { k: 'b' }), true],
    ['labelSelector', 'k in (a,b)', object('x', 'a', { k: 'c' }), false],
    ['labelSelector', 'k notin (a,b),l', object('x', 'a', { l: '' }), true],
    ['labelSelector', '!k', object('x', 'a', { k: '' }), false],
    ['labelSelector', 'k=v,l!=w', object('x', 'a', { k: 'v' }), true],
    ['labelSelector', 'k=v,l!=w', object('x', 'a', { k: 'v', l: 'w' }), false],
  ];
  for (const [field, selector, one, expected] of CASES) {
    it(`is ${expected ? '' : 'not '}${JSON.stringify(one.metadata)} by ${selector}`, () => {
      const { fieldSelector: _f, labelSelector: _l, ...row } = kindRow('Namespace');
      expect(isWatched({ ...row, [field]: selector }, one)).to.equal(expected);
    });
  }

  it('is asked for in words that are understood, for the kinds that are narrowed by name', () => {
    const narrowed = KINDS.filter(
      ({ fieldSelector = '', labelSelector = '' }) =>
        fieldSelector.startsWith('metadata.') || / in \(/.test(labelSelector),
    );
    expect(narrowed).to.have.lengthOf.above(1);
    for (const row of narrowed) {
      const fields = (row.fieldSelector ?? '').split(',').map((part) => part.split('=') as [string, string]);
      const name = fields.find(([path]) => path === 'metadata.name')?.[1] ?? 'x';
      const namespace = fields.find(([path]) => path === 'metadata.namespace')?.[1] ?? 'x';
      const [, key = '', value = ''] = /^(\S+) in \(([^,)]+)/.exec(row.labelSelector ?? '') ?? [];
      expect(isWatched(row, object(name, namespace, key === '' ? {} : { [key]: value })), row.kind).to.equal(true);
      expect(isWatched(row, object('no', 'no')), row.kind).to.equal(false);
    }
  });
});

describe('Labels of a flag', () => {
  it('are read as KEY=VALUE', () => {
    expect(parseLabels('a=b,example.com/c=')).to.deep.equal({ a: 'b', 'example.com/c': '' });
  });
  for (const wrong of ['a', 'a=b,', '=b', 'a=b c', '']) {
    it(`are refused as ${JSON.stringify(wrong)}`, () =>
      expect(() => parseLabels(wrong)).to.throw('write labels such as'));
  }
});
