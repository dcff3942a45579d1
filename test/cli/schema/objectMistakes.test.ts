import { expect } from 'chai';
import { BASELINE_REPORT } from '../../../src/api/names.ts';
import { objectMistakes, SCHEMAS } from '../../../src/cli/schema/objectMistakes.ts';
import { CUSTOM_RESOURCES } from '../../../tools/generate/customResources.ts';
import {
  FULL_BASELINE,
  FULL_WAIVER,
  MAXIMAL_BASELINE,
  MAXIMAL_WAIVER,
  REFUSED,
  REFUSED_WAIVERS,
  TYPOS,
} from '../../api/samples/index.ts';

const linesOf = (object: unknown): readonly string[] =>
  objectMistakes(object).map(({ path, message }) => `${path}: ${message}`);

describe('What is wrong with a baseline, found without a server', () => {
  it('can be said of every kind that people write', () => {
    const kinds = CUSTOM_RESOURCES.map(({ kind }) => kind.kind).filter((kind) => kind !== BASELINE_REPORT.kind);
    expect(Object.keys(SCHEMAS).sort()).to.deep.equal(kinds.sort());
  });

  it('is a kind, a version or a name that no server takes', () => {
    const wrong = (fields: object) => linesOf({ ...FULL_BASELINE, ...fields });
    expect(wrong({ kind: 'SecurityBaselin' })).to.deep.equal([
      `kind: drawbridge.dev has no such kind: write one of ${Object.keys(SCHEMAS).join(', ')}`,
    ]);
    expect(wrong({ apiVersion: 'drawbridge.dev/v1' })).to.deep.equal([
      'apiVersion: no server has it: write drawbridge.dev/v1alpha1',
    ]);
    expect(wrong({ metadata: {} })).to.deep.equal(['metadata: the object has no name: write metadata.name']);
    expect(wrong({ apiVersion: 'example.com/v1', spec: 7 })).to.deep.equal([]);
  });

  it('is said in the words in which the field tells what it is for, and never by a pattern', () => {
    const spec = (fields: object) =>
      linesOf({ ...FULL_BASELINE, spec: { ...(FULL_BASELINE.spec as object), ...fields } });
    const rule = (port: unknown) => ({
      name: 'x',
      podSelector: { matchLabels: {} },
      ingress: [{ from: [], ...(port as object) }],
    });
    const network = (port: object) => ({ network: { defaultDeny: ['Ingress'], allow: { rules: [rule(port)] } } });
    const at = 'spec.network.allow.rules[0].ingress[0]';
    expect(spec(network({ ports: [{ port: '8080' }] }))).to.deep.equal([
      `${at}.ports[0].port: "8080" is not of the form that is taken. A port number from 1 to 65535, or the name of a container port that starts with a letter. Required: \`port: 1, endPort: 65535\` means all ports of the protocol.`,
    ]);
    expect(spec(network({}))).to.deep.equal([
      `${at}: the field ports is missing: write it out. Ports that are open. \`[]\`, written out, means all ports of all protocols.`,
    ]);
    const waiver = { ...FULL_WAIVER, spec: { ...(FULL_WAIVER.spec as object), expiresAt: '2027-01-31' } };
    expect(linesOf(waiver)).to.deep.equal([
      'spec.expiresAt: "2027-01-31" is no time: write one such as "2027-01-31T00:00:00Z"',
    ]);
  });

  it('is a name that no object can have', () => {
    const named = (name: string) => linesOf({ ...FULL_BASELINE, metadata: { name } });
    expect(named('web-1.example')).to.deep.equal([]);
    for (const name of ['My_Baseline', '-web', 'web-', 'a..b'])
      expect(named(name)).to.deep.equal([
        `metadata.name: "${name}" is no name: write lower-case letters, digits, - and ., with a letter or digit at both ends`,
      ]);
  });

  it('is nothing for the full and the maximal baseline and waiver', () => {
    expect([FULL_WAIVER, MAXIMAL_WAIVER].flatMap(linesOf)).to.deep.equal([]);
    expect(linesOf(FULL_BASELINE)).to.deep.equal([]);
    expect(linesOf(MAXIMAL_BASELINE)).to.deep.equal([]);
  });

  for (const { name, object } of TYPOS) {
    it(`is ${name}`, () => expect(linesOf(object).join('\n')).to.match(/is not known, and would be lost/));
  }

  for (const { name, object, message } of [...REFUSED, ...REFUSED_WAIVERS]) {
    it(`is ${name}, in the words of the server`, () => {
      const said = linesOf(object);
      expect(said).to.not.deep.equal([]);
      if (!SERVERS_OWN.test(message)) expect(said.join('\n')).to.contain(message.replace(/^.*?Invalid value: /, ''));
    });
  }
});

/** Of shapes the server speaks in words of its own, and so do we. Where a shape is wrong, rules are not asked. */
const SERVERS_OWN =
  /write port as a number without quotes|Unsupported value|Required value|should be|must be of type|Too (long|many)|Duplicate value|must have at (most|least)|may not be (longer|more)|in body/;
