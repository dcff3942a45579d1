import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { BASELINE, GOOD, NAMESPACE, OPEN_POLICY } from '../samples.ts';
import { placesOf, useCheck } from './run.ts';

const OPENS = 'ForeignPolicyOpensNamespace';
const [head = '', rest = ''] = OPEN_POLICY.split('metadata:');
const open = (metadata: string): string => `${head}metadata: ${metadata}\nspec: {podSelector: {}, ingress: [{}]}\n`;
const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const object = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'payments' },
  spec: { podSelector: {}, ingress: [{}] },
};
const { apiVersion, kind, ...bare } = object;

interface Row {
  /** Of `app.yaml`, beside what is good. */
  readonly text: string | Uint8Array;
  readonly code: 0 | 1 | 2;
  /** `Rule line`. */
  readonly found?: readonly string[];
  /** A part of the first message. */
  readonly message?: string;
  /** Of what is not judged. */
  readonly why?: string;
  readonly name?: string;
}

/** Whatever a file is written like: it is judged, or it is said that it was not and why. */
const ROWS: Readonly<Record<string, Row>> = {
  'several documents with comments': {
    text: `# first\n---\n# nothing\n---\n\n# the one\n${OPEN_POLICY}`,
    code: 1,
    found: [`${OPENS} 7`],
  },
  'a mark of the byte order': { text: `\ufeff${OPEN_POLICY}`, code: 1, found: [`${OPENS} 1`] },
  'a mark of the byte order before JSON': { text: `\ufeff${json(object)}`, code: 1, found: [`${OPENS} 1`] },
  'lines that end as on Windows': { text: OPEN_POLICY.replaceAll('\n', '\r\n'), code: 1, found: [`${OPENS} 1`] },
  'lines that end as on an old Macintosh': {
    text: OPEN_POLICY.replaceAll('\n', '\r'),
    code: 1,
    found: ['Unreadable 1'],
  },
  'a tab for an indent': {
    text: OPEN_POLICY.replace('metadata: ', 'metadata:\n\t'),
    code: 1,
    found: ['Unreadable 4'],
  },
  'tabs in JSON': { text: JSON.stringify(object, undefined, '\t'), code: 1, found: [`${OPENS} 1`] },
  'anchors and aliases': {
    text: `x: &all [{}]\n---\n${OPEN_POLICY.replace('[{}]', '&all [{}]')}`,
    code: 1,
    found: [`${OPENS} 3`],
    why: 'it is no object of Kubernetes',
  },
  'an alias of nothing': { text: OPEN_POLICY.replace('[{}]', '*all'), code: 1, found: ['Unreadable 4'] },
  'a merge that wins over what stands before it': {
    text: `${head}x: &open {ingress: [{}]}\nmetadata: {name: a, namespace: payments}\nspec: {podSelector: {}, ingress: [], <<: *open}\n`,
    code: 1,
    found: [`${OPENS} 1`],
  },
  'a field that stands twice, of which the last opens': {
    text: OPEN_POLICY.replace('spec: ', 'spec: {podSelector: {}, ingress: []}\nspec: '),
    code: 1,
    found: [`${OPENS} 1`, 'FieldTwice 5'],
  },
  'a list of any objects': {
    text: json({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ ...object, spec: { podSelector: {}, ingress: [] } }, object],
    }),
    code: 1,
    found: ['DefinedTwice 17', `${OPENS} 17`],
  },
  'a list of one kind, as a server gives it': {
    text: json({ apiVersion, kind: `${kind}List`, items: [bare] }),
    code: 1,
    found: [`${OPENS} 5`],
  },
  'a list in a list': {
    text: json({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'List', items: [object] }] }),
    code: 1,
    found: [`${OPENS} 9`],
  },
  'an empty list': {
    text: 'apiVersion: v1\nkind: List\nitems: []\n---\na: 1\n',
    code: 0,
    why: 'it is no object of Kubernetes',
  },
  'nothing at all': { text: '', code: 2, message: 'app.yaml: there is no object in it' },
  'comments alone': { text: '# nothing\n---\n# at all\n', code: 2, message: 'app.yaml: there is no object in it' },
  'the notes of a release': {
    text: `NAME: web\nMANIFEST:\n---\n${OPEN_POLICY}\nNOTES:\nThank you: for installing: it\n`,
    code: 1,
    found: ['Unreadable 10'],
    why: 'it is no object of Kubernetes',
  },
  'a template in a name': {
    text: OPEN_POLICY.replace('name: open', 'name: {{ .Release.Name }}'),
    code: 1,
    found: ['Unreadable 3'],
    message: 'it holds {{, as templates do: render it first',
  },
  'a template in a text': {
    text: OPEN_POLICY.replace('name: open', 'name: {{ include "a" . | quote }}'),
    code: 1,
    found: ['Unreadable 3'],
    message: 'it holds {{',
  },
  'a template around all': {
    text: `{{- if .Values.open }}\n${OPEN_POLICY}{{- end }}\n`,
    code: 1,
    found: ['Unreadable 1'],
    message: 'it holds {{',
  },
  'bytes that are no UTF-8': { text: Uint8Array.from([0xff, 0x41]), code: 1, found: ['Unreadable 1'] },
  'a name that is a number': {
    text: open('{name: 7, namespace: payments}'),
    code: 1,
    found: ['InvalidObject 3'],
    message: '7 is no text',
  },
  'a namespace that is a boolean': {
    text: open('{name: a, namespace: on}'),
    code: 1,
    found: ['InvalidObject 3', 'NamespaceLabelsUnknown 3'],
    message: 'true is no text',
  },
  'a label that is a boolean': {
    text: NAMESPACE.replace('payments', 'shop').replace('restricted', 'yes'),
    code: 1,
    found: ['InvalidObject 5'],
    message: 'true is no text: write it in quotes',
  },
  'labels that are a list': {
    text: open('{name: a, namespace: payments, labels: [a]}'),
    code: 1,
    found: ['InvalidObject 3', `${OPENS} 1`],
    message: 'a map of names to texts',
  },
  'no name': { text: open('{namespace: payments}'), code: 1, found: ['InvalidObject 3'], message: 'has no name' },
  'a name that a server makes': {
    text: open('{generateName: open-, namespace: payments}'),
    code: 1,
    found: [`${OPENS} 1`],
  },
  'a kind of others': {
    text: 'apiVersion: example.com/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {ingress: [{}]}\n',
    code: 0,
    why: 'no baseline is about its kind',
  },
  'a kind of others that is known': {
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    code: 0,
    why: 'of its kind only others are looked at',
  },
  'a kind in another spelling': {
    text: OPEN_POLICY.replace('NetworkPolicy', 'Networkpolicy'),
    code: 1,
    found: ['NotServed 1'],
    message: 'write apiVersion: networking.k8s.io/v1 and kind: NetworkPolicy',
  },
  'a kind in the plural': {
    text: OPEN_POLICY.replace('NetworkPolicy', 'networkpolicies'),
    code: 1,
    found: ['NotServed 1'],
  },
  'a version that is gone': {
    text: OPEN_POLICY.replace('networking.k8s.io/v1', 'extensions/v1beta1'),
    code: 1,
    found: ['NotServed 1'],
  },
  'a group without its end': {
    text: OPEN_POLICY.replace('networking.k8s.io/v1', 'networking/v1'),
    code: 1,
    found: ['NotServed 1'],
  },
  'a ServiceAccount that nobody looks at': {
    text: 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: payments}\n',
    code: 0,
    why: 'of its kind only others are looked at',
  },
  'values of a chart': { text: 'replicas: 1\n', code: 0, why: 'it is no object of Kubernetes' },
  'a list that is no object': { text: '- a\n- b\n', code: 0, why: 'it is no object of Kubernetes' },
  'JSON after JSON': { text: `${json(object)}\n${json(object)}`, code: 1, found: ['Unreadable 15'] },
  'a merge conflict': { text: `<<<<<<< HEAD\n${OPEN_POLICY}=======\n>>>>>>> b\n`, code: 1, found: ['Unreadable 1'] },
};

describe('A file that drawbridge check is given', () => {
  const { at, check } = useCheck();

  for (const [what, { text, code, found = [], message, why, name = 'app.yaml' }] of Object.entries(ROWS)) {
    it(`with ${what} ${found.length > 0 ? `is found to be ${found.join(', ')}` : `ends with ${code}`}`, async () => {
      at().write({ ...GOOD, [name]: text });
      const ran = await check([...Object.keys(GOOD), name]);
      expect(ran.code, ran.err).to.equal(code);
      expect(
        placesOf(ran)
          .map((place) => place.replace(`${name}:`, ''))
          .sort(),
      ).to.deep.equal([...found].sort());
      const said = code === 2 ? ran.err : ran.results.map((one) => one.message).join('\n');
      if (message !== undefined) expect(said).to.contain(message);
      expect(ran.notJudged.map((one) => one.why)).to.deep.equal(why === undefined ? [] : [why]);
      expect(ran.err.includes('not judged: '), ran.err).to.equal(why !== undefined);
    });

    it(`with ${what} is found out in a directory too`, async () => {
      at().write({ ...GOOD, [`apps/${name}`]: text });
      const ran = await check([...Object.keys(GOOD), 'apps']);
      expect([ran.code, placesOf(ran).length], ran.err).to.deep.equal([code, found.length]);
    });
  }

  it('with more than is read is a finding, wherever it lies', async () => {
    at().write({ ...GOOD, 'apps/large.yaml': Buffer.alloc(5 * 1024 * 1024, '# a\n') });
    expect(placesOf(await check(['.']))).to.deep.equal(['Unreadable apps/large.yaml:1']);
  });

  it('twice is taken once, by whatever way it is reached, and is named if it is named at all', async () => {
    at().write({ ...GOOD, 'apps/app.yaml': OPEN_POLICY, 'apps/notes.yaml': 'a: [\n' });
    symlinkSync('app.yaml', join(at().directory, 'apps/also.yaml'));
    symlinkSync('..', join(at().directory, 'apps/round'));
    const ran = await check(['.', 'apps', './apps/app.yaml', 'apps/notes.yaml']);
    expect(placesOf(ran)).to.deep.equal([`${OPENS} apps/also.yaml:1`, 'Unreadable apps/notes.yaml:2']);
  });

  it('that is a link which leads nowhere, or round in a circle, is a finding', async () => {
    at().write(GOOD);
    symlinkSync('gone.yaml', join(at().directory, 'lost.yaml'));
    symlinkSync('circle.yaml', join(at().directory, 'circle.yaml'));
    const ran = await check(['.']);
    expect([ran.code, placesOf(ran)]).to.deep.equal([1, ['Unreadable circle.yaml:1', 'Unreadable lost.yaml:1']]);
    expect((await check(['circle.yaml'])).code).to.equal(2);
  });

  it('holds an object that another holds otherwise: that is said at the one that was judged', async () => {
    const closed = OPEN_POLICY.replace('[{}]', '[]');
    at().write({ ...GOOD, 'a.yaml': `# x\n${OPEN_POLICY}`, 'b.yaml': closed });
    const ran = await check(['.']);
    expect([ran.code, placesOf(ran)]).to.deep.equal([1, ['DefinedTwice b.yaml:1']]);
    expect(ran.results[0]?.message).to.contain('NetworkPolicy payments/open stands also at a.yaml:2, and not alike');
    at().write({ 'a.yaml': `# x\n${closed}` });
    expect((await check(['.'])).code).to.equal(0);
  });

  it('holds objects whose names begin alike: all are judged', async () => {
    const made = open('{generateName: open-, namespace: payments}');
    at().write({ ...GOOD, 'a.yaml': `${made}---\n${made}` });
    expect(placesOf(await check(['.']))).to.deep.equal([`${OPENS} a.yaml:1`, `${OPENS} a.yaml:6`]);
  });

  it('holds a workload alone, in a namespace of which nothing is known: that is no silence', async () => {
    const daemonSet =
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: shop}\nspec: {template: {spec: {}}}\n';
    at().write({ ...GOOD, 'a.yaml': daemonSet });
    expect(placesOf(await check(['.']))).to.deep.equal(['NamespaceLabelsUnknown a.yaml:3']);
  });

  it('holds a list of thousands: each is told what stands twice in it, and in no other', async () => {
    const item = (index: number): string =>
      `- {apiVersion: v1, kind: Service, metadata: {name: s${index}, namespace: payments}${index % 1000 === 7 ? ', spec: {}, spec: {}' : ''}}\n`;
    const items = Array.from({ length: 5_000 }, (_, index) => item(index)).join('');
    at().write({ ...GOOD, 'list.yaml': `apiVersion: v1\nkind: List\nitems:\n${items}` });
    const found = placesOf(await check(['.'])).filter((place) => place.startsWith('FieldTwice'));
    expect(found).to.deep.equal([11, 1011, 2011, 3011, 4011].map((line) => `FieldTwice list.yaml:${line}`));
  }).timeout(60_000);

  it('names no namespace: it is in `default`, or where -n says', async () => {
    const text = `${head}metadata: {name: open}\n${rest.slice(rest.indexOf('spec'))}`;
    at().write({ ...GOOD, 'a.yaml': text });
    expect(placesOf(await check(['.']))).to.deep.equal(['NamespaceLabelsUnknown a.yaml:3']);
    expect(placesOf(await check(['-n', 'payments', '.']))).to.deep.equal([`${OPENS} a.yaml:1`]);
  });

  it('is never silence, whatever stands in it', async () => {
    const bits = [
      '\n',
      '  ',
      '- ',
      ': ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '<<',
      '---\n',
      '...\n',
      '|\n',
      '"',
      "'",
      '\t',
      '%',
      '{{',
      '}}',
    ];
    const words = [
      'kind: ',
      'NetworkPolicy',
      'List',
      'items',
      'apiVersion: ',
      'v1',
      'metadata',
      'name',
      'Namespace',
      'yes',
    ];
    const parts = fc.array(fc.oneof(fc.constantFrom(...bits, ...words), fc.string()), { maxLength: 25 });
    at().write({ 'baseline.yaml': BASELINE });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', NAMESPACE, OPEN_POLICY, json(object)), parts, async (base, more) => {
        const stdin = base + more.join('');
        const { code, err, results, notJudged } = await check(['-n', 'payments', 'baseline.yaml', '-'], { stdin });
        expect(err).to.not.match(/TypeError|RangeError|undefined|not a function|not iterable|node_modules/);
        if (code === 2) expect(err).to.match(/^error: there is no object on standard input/);
        const counted = Number(/objects: (\d+)/.exec(err)?.[1] ?? 0);
        const unread = results.filter(({ rule }) => rule === 'Unreadable').length;
        // The baseline is one of them.
        if (code !== 2) expect(counted - 1 + unread).to.be.above(0);
        expect(notJudged.length).to.be.at.most(counted);
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);
});
