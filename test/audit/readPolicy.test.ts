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

  it('for characters that a server ends over or takes for the end of a line, and for bytes that are no text', () => {
    for (const odd of [
      '\u0001',
      '\u007f',
      '\u0085',
      '\u0091',
      '\u2028',
      '\u2029',
      '\ufffd',
      '\ufffe',
      '\uffff',
      'a\rb',
      '\ud800',
      'a\ufeff',
    ]) {
      expect(saidOf(`${HEAD}# ${odd}\nrules: [{level: None}]`)[0], JSON.stringify(odd)).to.match(
        /^: line 3 holds .* U\+/,
      );
    }
    expect(saidOf(`\ufeff${HEAD}# é, \u{1f600}\r\nrules: [{level: None}]`)).to.deep.equal([]);
  });

  it('for tabs, except in JSON, for anchors of other signs, and for fields whose name is no text', () => {
    expect(saidOf(`${HEAD}rules:\t[{level: None}]`)[0]).to.match(/holds a tab/);
    expect(saidOf(`${HEAD}rules: [&a: {level: None}]`)).to.not.deep.equal([]);
    expect(saidOf(`${HEAD}rules: [&é {level: None}]`)[0]).to.match(/name the anchor/);
    expect(saidOf(`${HEAD}metadata: {labels: {~: a}}\nrules: [{level: None}]`)[0]).to.match(/must be text/);
    const merged = '- &a {level: None, users: [x]}\n- {<<: *a, verbs: [get]}';
    expect(readPolicy(`${HEAD}rules:\n${merged}`, 36).policy?.rules[1]).to.deep.include({
      users: ['x'],
      verbs: ['get'],
    });
    expect(said('- {"level":"None","users":["a"]}')).to.deep.equal([]);
    expect(said('- {&a level: None}')).to.not.deep.equal([]);
    expect(said('- level: None\n  "users":[a]')).to.not.deep.equal([]);
    expect(said('- {level: None, users:[a]}')[0]).to.match(/space after the colon/);
    for (const name of ['?a', '/a?b', '::', 'a:'])
      expect(said(`- {level: None, users: [${name}]}`), name).to.not.deep.equal([]);
    expect(said('- {level: None, users: [system:serviceaccount:a:b, "a?"]}')).to.deep.equal([]);
  });

  it('for a directive, which would make another YAML of it', () => {
    for (const line of ['%YAML 1.2', '%FOO']) {
      expect(saidOf(`${line}\n---\n${HEAD}rules: [{level: None, users: [yes]}]`)[0]).to.match(/begins with %/);
    }
  });

  it('for what begins like JSON and is none, because a server reads it as JSON then', () => {
    expect(saidOf('{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: None}]}')).to.have.lengthOf(1);
    const json = '"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "None"}]';
    expect(saidOf(`{${json}, }`)).to.have.lengthOf(1);
    expect(saidOf(`{${json}, # why\n}`)).to.have.lengthOf(1);
    expect(saidOf(`{${json}, "rules": [{"level": "Metadata"}]}`)[0]).to.match(/unique/);
    expect(saidOf(`\n{\t${json},\n\t"metadata": {"name": "a\\/b\\ud83d\\ude00"}}`)).to.deep.equal([]);
  });

  it('for what some take for a number, an escape that only JSON knows, and a tag', () => {
    for (const number of ['0o7', '0O7', '0X1F', '-0X1', '0B1', '+_1', '1e+1_0', '.5e+3', '1.', '+']) {
      expect(said(`- {level: None, users: [${number}]}`)[0], number).to.match(/number/);
      expect(said(`- {level: None, users: ["${number}"]}`), number).to.deep.equal([]);
    }
    for (const name of ['1a', '2048-game', '0xyz', '1-2', '10.0.0.1']) {
      expect(said(`- {level: None, users: [${name}]}`), name).to.deep.equal([]);
    }
    expect(said('- {level: None, users: ["a\\/b"]}')[0]).to.match(/escape/);
    expect(said('- {level: None, users: ["\\ud83d\\ude00"]}')[0]).to.match(/escape/);
    expect(said('- {level: None, users: ["a\\\\/b\\n\\x41\\U0001F600"]}')).to.deep.equal([]);
    expect(said('- {level: None, users: [!!str a]}')[0]).to.match(/is a tag/);
    expect(said('- {level: None, users: !!seq [a]}')[0]).to.match(/is a tag/);
    expect(said("- level: None\n  users: ['a\n      b']")[0]).to.match(/over a line's end/);
    // The parser itself takes the text for closed where another quote follows.
    const open = `${HEAD}rules:\n  - level: None\n    users:\n      - 'a - ''\n    verbs:\n      - 'b'\n`;
    expect(saidOf(open)[0]).to.match(/close it/);
    expect(said('- level: None\n  users:\n  - |\n    a')[0]).to.match(/over a line's end/);
    expect(saidOf(`${HEAD}rules:\n  - level: None\n    users:\n      - 'a''s'\n    verbs: ["\\""]\n`)).to.deep.equal(
      [],
    );
    expect(said('- {level: None, ? [a] : b}')).to.not.deep.equal([]);
  });

  it('and says where in the text, if it is about the text', () => {
    const at = (text: string): string => {
      const { offset } = readPolicy(text, 36).mistakes[0] ?? {};
      return offset === undefined ? 'nowhere' : text.slice(offset, offset + 4);
    };
    expect(at(`${HEAD}rules: [{level: None, users: [0o7, b]}]`)).to.equal('0o7,');
    expect(at(`${HEAD}rules: [{level: None, users:[a]}]`)).to.equal('user');
    expect(at(`${HEAD}rules:\t[{level: None}]`)).to.equal('\t[{l');
    expect(at(`${HEAD}# \u0001!!!\nrules: [{level: None}]`)).to.equal('\u0001!!!');
    expect(at(`${HEAD}rules: [{level: None}]\n%FOO`)).to.equal('%FOO');
    expect(at(`${HEAD}rules: [{level: None}]\nrules: []`)).to.equal('rule');
    expect(at(`${HEAD}rules: [{level: None}]\n---\nb: 1`)).to.equal('---\n');
    expect(at(`${HEAD}rules: []`)).to.equal('nowhere');
  });

  it('for everything that is wrong, not only the first', () => {
    expect(said('- {level: None, verb: [get]}\n- {levle: None}')).to.have.lengthOf(3);
  });
});
