import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { placesIn } from '../../../src/cli/files/nodeAt.ts';
import { positionsIn } from '../../../src/cli/files/position.ts';

const TEXT = `metadata:
  labels: {app.kubernetes.io/name: a, app: {b: c}}
rules:
- level: None
  verbs: [get, "list"]
- &second
  users:
  - bob
- *second
- {<<: *second, verbs: [get]}
"a b": 1
`;

/** `line:column` of a path. */
const place = (path: string, text = TEXT): string => {
  const [document] = parseAllDocuments(text, { version: '1.1' });
  if (document === undefined) return '';
  const { line, column } = positionsIn(text)(placesIn(document)(path));
  return `${line}:${column}`;
};

describe('The place of a JSON path in YAML', () => {
  for (const [path, expected] of [
    ['', '1:1'],
    ['rules', '3:1'],
    ['rules[0]', '4:3'],
    ['rules[0].level', '4:3'],
    ['rules[0].verbs', '5:3'],
    ['rules[0].verbs[1]', '5:16'],
    ['metadata.labels.app.kubernetes.io/name', '2:12'],
    ['metadata.labels.app.b', '2:45'],
    ['a b', '11:1'],
  ] as const) {
    it(`${path === '' ? 'of all of it' : path} is ${expected}`, () => expect(place(path)).to.equal(expected));
  }

  it('is that of what is there, where the rest is missing', () => {
    expect(place('rules[0].users[3]')).to.equal('4:3');
    expect(place('rules[9]')).to.equal('3:1');
    expect(place('nothing.at.all')).to.equal('1:1');
    expect(place('rules[0].level.more')).to.equal('4:3');
  });

  it('is where the anchor is, behind an alias', () => {
    expect(place('rules[2].users[0]')).to.equal('8:5');
    expect(place('rules[3].users[0]'), 'a merge').to.equal('10:3');
  });

  it('is known in JSON too', () => {
    expect(place('rules[0].verbs[0]', '{\n"rules": [\n {"verbs": ["get"]}]}')).to.equal('3:13');
  });
});

describe('Positions', () => {
  it('count lines and columns from 1, whatever ends the lines', () => {
    const at = positionsIn('ab\r\nc\n\n');
    expect([0, 1, 4, 5, 6, 7, 99].map(at)).to.deep.equal([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 93 },
    ]);
  });
});
