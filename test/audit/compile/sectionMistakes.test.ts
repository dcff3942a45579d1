import { expect } from 'chai';
import { sectionFindings } from '../../../src/audit/compile/publication.ts';
import { readSection } from '../../../src/audit/compile/section.ts';
import { sectionMistakes } from '../../../src/audit/compile/sectionMistakes.ts';
import { FULL_BASELINE, MAXIMAL_BASELINE } from '../../api/samples/index.ts';
import { REFUSED_AUDIT } from '../../api/samples/refusedAudit.ts';

const MINOR = 36;
// biome-ignore lint/suspicious/noExplicitAny: samples are typed loosely, as tests write what is wrong
const sectionIn = (object: object): unknown => JSON.parse(JSON.stringify((object as any).spec.audit ?? null));
const said = (section: unknown): readonly string[] =>
  sectionMistakes(section, MINOR).map(({ path, message }) => `${path}: ${message}`);

describe('What is wrong in an audit section from a file', () => {
  for (const { name, object } of REFUSED_AUDIT) {
    it(`is all that an API server refuses: ${name}`, () => {
      const section = sectionIn(object);
      const read = readSection(section);
      const linted = read === undefined ? [] : sectionFindings(read).filter(({ severity }) => severity === 'error');
      expect([...said(section), ...linted]).to.not.deep.equal([]);
    });
  }

  it('is nothing that an API server takes', () => {
    for (const object of [FULL_BASELINE, MAXIMAL_BASELINE]) expect(said(sectionIn(object))).to.deep.equal([]);
  });

  for (const [what, section, message] of [
    [
      'a misspelt field of a rule',
      { level: 'Metadata', rules: [{ level: 'None', verb: ['get'] }] },
      /^rules\[0\]\.verb: .*write verbs/,
    ],
    ['a misspelt field of the section', { level: 'Metadata', rule: [] }, /^rule: .*write rules/],
    [
      'a group that is left out',
      { level: 'None', rules: [{ level: 'Request', resources: [{ resources: ['pods'] }] }] },
      /group: it is required/,
    ],
    [
      'a star for a group',
      { level: 'None', rules: [{ level: 'Request', resources: [{ group: '*' }] }] },
      /group: a star is no group/,
    ],
    [
      'a list that is empty',
      { level: 'None', rules: [{ level: 'Request', users: [] }] },
      /^rules\[0\]\.users: it is empty/,
    ],
    [
      'a name that is empty',
      { level: 'None', rules: [{ level: 'Request', users: [''] }] },
      /^rules\[0\]\.users\[0\]: it is empty/,
    ],
    [
      'a name that is too long',
      { level: 'None', rules: [{ level: 'Request', verbs: ['x'.repeat(64)] }] },
      /at most 63/,
    ],
    [
      'more rules than there may be',
      { level: 'None', rules: Array.from({ length: 49 }, () => ({ level: 'Request' })) },
      /^rules: it has 49/,
    ],
    ['another enforcement', { level: 'None', enforcement: 'Try' }, /^enforcement: it must be one of/],
    ['a section that is a text', 'Metadata', /^: it must be an object/],
  ] as const) {
    it(`is ${what}`, () => {
      const mistakes = said(section);
      expect(mistakes.join('\n')).to.match(message);
    });
  }
});
