import { expect } from 'chai';
import { readPolicy } from '../../src/audit/readPolicy.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
/** What is said of a policy with these rules, as `path: message`. */
const said = (rules: string, minor = 36): readonly string[] =>
  readPolicy(`${HEAD}rules:\n${rules}\n`, minor).mistakes.map(({ path, message }) => `${path}: ${message}`);
const saidOf = (text: string): readonly string[] =>
  readPolicy(text, 36).mistakes.map(({ path, message }) => `${path}: ${message}`);

describe('An audit policy that is read', () => {
  it('is what the file says, with empty lists for what it leaves out', () => {
    const { policy } = readPolicy(
      `${HEAD}omitStages: [RequestReceived]\nrules:\n- level: Request\n  resources: [{group: apps, resources: [deployments]}]\n`,
      36,
    );
    expect(policy).to.deep.equal({
      omitStages: ['RequestReceived'],
      omitManagedFields: false,
      rules: [
        {
          level: 'Request',
          users: [],
          userGroups: [],
          verbs: [],
          resources: [{ group: 'apps', resources: ['deployments'], resourceNames: [] }],
          namespaces: [],
          nonResourceURLs: [],
          omitStages: [],
          omitManagedFields: undefined,
        },
      ],
    });
  });

  it('may be JSON', () => {
    const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'None' }] });
    expect(readPolicy(text, 36).mistakes).to.deep.equal([]);
  });
});

describe('An audit policy is refused, with the path and what to write instead,', () => {
  for (const [what, rules, expected] of [
    ['for a typo in a field', '- {level: None, verb: [get]}', /^rules\[0\]\.verb: .* write verbs$/],
    [
      'for a field of another case',
      '- {level: None, nonResourceUrls: ["/a"]}',
      /nonResourceUrls: .* write nonResourceURLs/,
    ],
    ['for a field that nothing is near to', '- {level: None, colour: red}', /rules\[0\]\.colour: .* known are level, /],
    ['for a rule without a level', '- verbs: [get]', /rules\[0\]\.level: it is required: write one of None, /],
    ['for a level that there is not', '- level: All', /rules\[0\]\.level: it must be one of .* and is "All"/],
    ['for a stage that there is not', '- {level: None, omitStages: [Done]}', /rules\[0\]\.omitStages\[0\]: /],
    ['for text where a list belongs', '- {level: None, verbs: get}', /rules\[0\]\.verbs: .* write \[get\]/],
    ['for a number among texts', '- {level: None, users: [a, 7]}', /rules\[0\]\.users\[1\]: .* put it in quotes/],
    ['for what YAML 1.1 takes for a boolean', '- {level: None, users: [yes]}', /rules\[0\]\.users\[0\]: /],
    ['for a rule that is no object', '- None\n- level: None', /rules\[0\]: it must be an object, and is a string/],
    ['for a version in a group', '- {level: None, resources: [{group: apps/v1}]}', /group: .* write "apps"$/],
    ['for a group in upper case', '- {level: None, resources: [{group: Apps}]}', /group: .* write "apps"$/],
    [
      'for resourceNames alone',
      '- {level: None, resources: [{resourceNames: [a]}]}',
      /resourceNames: it needs resources/,
    ],
    ['for resources beside URLs', '- {level: None, nonResourceURLs: ["/a"], namespaces: [b]}', /two rules/],
    ['for a URL without a slash', '- {level: None, nonResourceURLs: [healthz]}', /write "\/healthz"/],
    ['for a star inside a URL', '- {level: None, nonResourceURLs: ["/a*b"]}', /write "\/a\*"/],
  ] as const) {
    it(what, () => {
      const mistakes = said(rules);
      expect(mistakes).to.have.lengthOf(1);
      expect(mistakes[0]).to.match(expected);
    });
  }

  it('for a star as group, before 1.36', () => {
    const rules = '- {level: None, resources: [{group: "*"}]}';
    expect(said(rules, 36)).to.deep.equal([]);
    expect(said(rules, 35)[0]).to.match(/rules\[0\]\.resources\[0\]\.group: "\*" is read since 1\.36/);
  });

  it('for no rules, no version, no kind, another kind, and nothing at all', () => {
    expect(saidOf(`${HEAD}rules: []`)[0]).to.match(/^rules: there must be one at least/);
    expect(saidOf(HEAD)[0]).to.match(/^rules: there must be one at least/);
    expect(saidOf('rules: [{level: None}]')).to.have.lengthOf(2);
    expect(saidOf('apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]')[0]).to.match(
      /^apiVersion: /,
    );
    expect(saidOf('')[0]).to.match(/: the file is empty/);
    expect(saidOf('null')[0]).to.match(/it must be an object, and is empty/);
  });

  it('for keys that stand twice, several documents, and what is no YAML', () => {
    expect(saidOf(`${HEAD}rules: [{level: None}]\nrules: [{level: Metadata}]`)[0]).to.match(/unique/);
    expect(saidOf(`${HEAD}rules: [{level: None}]\n---\n${HEAD}rules: [{level: None}]`)[0]).to.match(
      /several documents/,
    );
    expect(saidOf('rules: [')).to.not.deep.equal([]);
  });

  it('for metadata that a server cannot read', () => {
    const of = (metadata: string) => saidOf(`${HEAD}metadata: ${metadata}\nrules: [{level: None}]`);
    expect(of('{name: a, labels: {b: c}, creationTimestamp: null}')).to.deep.equal([]);
    expect(of('5')[0]).to.match(/^metadata: it must be an object/);
    expect(of('{labels: {a: 1}}')[0]).to.match(/^metadata\.labels\.a: it must be text/);
    expect(of('{creationTimestamp: nope}')[0]).to.match(/^metadata\.creationTimestamp: leave it out/);
    expect(of('{nmae: a}')[0]).to.match(/^metadata\.nmae: the field is not known/);
  });

  it('for an alias that names nothing or stands for too much, and for a tag that means nothing', () => {
    expect(saidOf(`${HEAD}rules: *nothing`)).to.have.lengthOf(1);
    const many = `${HEAD}rules:\n- &a {level: None}\n${'- *a\n'.repeat(150)}`;
    expect(saidOf(many)).to.have.lengthOf(1);
    expect(saidOf(`${HEAD}rules: [{level: !foo None}]`)).to.have.lengthOf(1);
  });

  it('for everything that is wrong, not only the first', () => {
    expect(said('- {level: None, verb: [get]}\n- {levle: None}')).to.have.lengthOf(3);
  });
});
