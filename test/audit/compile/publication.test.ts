import { expect } from 'chai';
import type { AuditSource } from '../../../src/audit/compile/publication.ts';
import { publicationOf, sectionFindings } from '../../../src/audit/compile/publication.ts';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import { readSection } from '../../../src/audit/compile/section.ts';

const GOOD: AuditSection = { level: 'Metadata', rules: [] };
const MORE: AuditSection = { level: 'Request', rules: [] };
/** Nobody sees who gets into a pod. */
const BAD: AuditSection = { level: 'None', rules: [] };
const source = (baseline: string, section: AuditSection, active = true): AuditSource => ({
  baseline,
  uid: `uid-${baseline}`,
  section,
  active,
});
const sectionsOf = (sources: readonly AuditSource[], published = {}) => publicationOf(sources, published).sections;

describe('publicationOf', () => {
  it('joins the sections of all that enforce', () => {
    expect(sectionsOf([source('a', GOOD), source('b', MORE)])).to.deep.equal({ 'uid-a': GOOD, 'uid-b': MORE });
  });

  it('asks for nothing where nobody does, so that what is published stays', () => {
    expect(publicationOf([], { 'uid-a': GOOD }).policy).to.equal(undefined);
  });

  it('leaves out a section that lints badly, and says why', () => {
    const { sections, policy, findings } = publicationOf([source('a', BAD), source('b', GOOD)], {});
    expect(sections).to.deep.equal({ 'uid-b': GOOD });
    expect(policy).to.not.equal(undefined);
    expect(findings.get('uid-a')?.map(({ id }) => id)).to.include('exec-unseen');
  });

  it('publishes nothing when nothing good is left', () => {
    expect(publicationOf([source('a', BAD)], {}).policy).to.equal(undefined);
  });

  it('keeps the last good form of a section that lints badly', () => {
    expect(sectionsOf([source('a', BAD), source('b', GOOD)], { 'uid-a': MORE })).to.deep.equal({
      'uid-a': MORE,
      'uid-b': GOOD,
    });
  });

  it('keeps the last form of a baseline that only audits by now, and takes nothing new from it', () => {
    expect(sectionsOf([source('a', MORE, false)], { 'uid-a': GOOD })).to.deep.equal({ 'uid-a': GOOD });
    expect(sectionsOf([source('a', MORE, false)])).to.deep.equal({});
  });

  it('asks for nothing where those that are left only audit, though one that enforced is gone', () => {
    const one = source('a', GOOD, false);
    expect(publicationOf([one], { [one.uid]: GOOD }).policy).to.equal(undefined);
  });

  it('lets the section of a baseline go that is gone, where another asks for one', () => {
    expect(sectionsOf([source('b', GOOD)], { 'uid-a': MORE })).to.deep.equal({ 'uid-b': GOOD });
  });
});

describe('what the lints say of a section', () => {
  it('has the path of the rule as it was written', () => {
    const rules: AuditSection['rules'] = [
      { level: 'Request', resources: [{ group: 'apps' }] },
      {
        level: 'RequestResponse',
        verbs: ['create'],
        resources: [{ group: '', resources: ['pods'], resourceNames: ['a'] }],
      },
    ];
    expect(sectionFindings({ level: 'Metadata', rules }).map(({ id, path }) => [id, path])).to.deep.equal([
      ['name-at-create', 'rules[1].resources[0].resourceNames'],
    ]);
  });

  it('has the path of an entry as it was written, whatever the order there', () => {
    const rules: AuditSection['rules'] = [
      { level: 'Request', users: ['z', 'a'], verbs: ['watch', 'read', 'get'], resources: [{ group: 'apps' }] },
      {
        level: 'Request',
        verbs: ['update'],
        resources: [{ group: 'batch' }, { group: 'apps', resources: ['scales', 'deployments/*x'] }],
      },
    ];
    expect(sectionFindings({ level: 'Metadata', rules }).map(({ id, path }) => [id, path])).to.have.deep.members([
      ['unknown-verb', 'rules[0].verbs[1]'],
      ['star-is-no-wildcard', 'rules[1].resources[1].resources[1]'],
    ]);
  });

  it('is an error where the policy would be too large', () => {
    const users = Array.from({ length: 400 }, (_, index) => `${index}${'x'.repeat(600)}`);
    expect(sectionFindings({ level: 'Metadata', rules: [{ level: 'Request', users }] })[0]).to.include({
      id: 'too-large',
      severity: 'error',
    });
  });
});

describe('readSection', () => {
  it('reads what was written down', () => {
    const section = {
      level: 'Metadata',
      rules: [
        {
          level: 'None',
          users: ['a'],
          userGroups: [],
          verbs: ['get'],
          nonResourceURLs: [],
          resources: [{ group: '', resources: ['pods'], resourceNames: [] }],
        },
      ],
    } as const;
    expect(readSection(JSON.parse(JSON.stringify(section)))).to.deep.equal(section);
  });

  for (const value of [null, 7, [], {}, { level: 'All' }, { level: 'None', rules: [{ level: 'x' }] }, { rules: [] }]) {
    it(`takes ${JSON.stringify(value)} for none`, () => expect(readSection(value)).to.equal(undefined));
  }
});
