import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, first]) => first ?? '');

const DOCS = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();

describe('The docs', () => {
  it('point at files that are there', () => {
    const broken = DOCS.flatMap((doc) =>
      matches(read(doc), /\]\(([^)#\s]+)(?:#[^)]*)?\)/g)
        .filter((link) => !link.startsWith('https://') && !existsSync(join(ROOT, dirname(doc), link)))
        .map((link) => `${doc}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it('point at headings that are there', () => {
    const broken = DOCS.flatMap((doc) =>
      [...read(doc).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)]
        .filter(([, file = '', anchor = '']) => {
          const target = file === '' ? doc : join(dirname(doc), file);
          return target.endsWith('.md') && !anchorsOf(read(target)).has(anchor);
        })
        .map(([link]) => `${doc}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it('name sources, tests and manifests that are there', () => {
    const gone = DOCS.flatMap((doc) =>
      matches(read(doc), /(?<![\w/])((?:src|test|manifests|tools|docs)\/[\w./-]+\.(?:ts|yaml|md))\b/g)
        .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, dirname(doc), path)))
        .map((path) => `${doc}: ${path}`),
    );
    expect(gone).to.deep.equal([]);
  });

  it('explain the whole sample', () => {
    const sample = read('manifests/samples/restricted.yaml')
      .split('\n')
      .filter((line) => !/^\s*(#|$)/.test(line))
      .join('\n');
    const section = read('README.md').split('## A baseline, line by line')[1]?.split('\n## ')[0] ?? '';
    const explained = matches(section, /```yaml\n(.*?)\n```/gs).join('\n');
    expect(explained).to.equal(sample.slice(sample.indexOf('spec:')));
  });

  it('have every reason that a finding, a refusal or an Event can have', () => {
    const text = read('docs/findings.md');
    const missing = reasonsOf(SOURCES).filter((reason) => !text.includes(`\`${reason}\``));
    expect(missing, 'missing in docs/findings.md').to.deep.equal([]);
  });

  it('have no reason that nothing gives', () => {
    const sources = SOURCES.map(read).join('\n');
    const listed = matches(read('docs/findings.md'), /^\| `([A-Z]\w+)` \|/gm);
    expect(listed).to.have.lengthOf.above(30);
    expect(listed.filter((reason) => !sources.includes(`'${reason}'`))).to.deep.equal([]);
  });

  it('have every reason why an audit policy is not rolled out, and no other', () => {
    const sources = globSync('src/agents/auditAgent/*.ts', { cwd: ROOT }).map(read).join('\n');
    const given = new Set(matches(sources, /\b(?:reason: |(?:no|rest)\(\s*)'([A-Z]\w+)'/g));
    const text = read('docs/audit-agent.md');
    expect([...given].filter((reason) => !text.includes(`\`${reason}\``))).to.deep.equal([]);
    const listed = matches(text, /^\| `([A-Z]\w+)` \|/gm);
    expect(listed).to.have.lengthOf.above(15);
    expect(listed.filter((reason) => !given.has(reason))).to.deep.equal([]);
  });

  it('have every reason of a condition', () => {
    const text = read('docs/status.md');
    const sources = [
      'src/core/outcome/status.ts',
      'src/core/outcome/waiverStatus.ts',
      'src/core/outcome/rolloutProgress.ts',
      'src/core/waive/validity.ts',
      'src/operator/auditPolicy/verdict.ts',
      'src/operator/admission/verdict.ts',
      'src/audit/proof/judge.ts',
      'src/audit/proof/verdict.ts',
    ]
      .map(read)
      .join('\n');
    for (const reason of matches(sources, /'([A-Z]\w+)'/g).filter((word) => !NO_REASONS.has(word)))
      expect(text).to.contain(reason);
  });

  it('speak of no machine', () => {
    for (const doc of DOCS) expect(read(doc), doc).not.to.match(/(^|[\s`(])\/(work|home|root|Users|tmp)\//m);
  });
});

/** Of a page's headings, as GitHub makes them. */
const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    matches(markdown, /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Of the audit's own words. */
const NO_REASONS: ReadonlySet<string> = new Set(['Valid', 'None', 'ResponseComplete', 'GET', 'POST', 'Metadata']);

/** Given elsewhere: in conditions (docs/status.md), or for what is withheld for a moment, whose finding has another reason. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'Active',
  'Audit',
  'AuditSectionRefused',
  'Enforced',
  'Expired',
  'FindingsPresent',
  'Inert',
  'LabelsContested',
  'LifeTooLong',
  'LifeUnknown',
  'NoFindings',
  'NotEnforced',
  'NotEvaluated',
  'NotProved',
  'NotPublished',
  'NotServed',
  'NotSynced',
  'NotWritten',
  'Probing',
  'Progressing',
  'Published',
  'RemovalsBounded',
  'RightsMissing',
  'RollingOut',
  'SuccessorChanged',
  'Suspended',
  'WritesBounded',
]);

const SOURCES = globSync('src/{core,controls,operator}/**/*.ts', { cwd: ROOT });

/** Where a reason stands in the sources; a new way of giving one is a new line here. */
const GIVEN: readonly RegExp[] = [
  /\breason: '([A-Z]\w+)'/g,
  /(?:unknownFact|staleFact)\([^()]*?'([A-Z]\w+(?:Unknown|Stale))'/g,
  /\b(?:withhold|hold)\((?:change, )?'([A-Z]\w+)'/g,
  /noteOn\([\w.]+,\s+'(?:Normal|Warning)',\s+'([A-Z]\w+)'/g,
];

function reasonsOf(files: readonly string[]): readonly string[] {
  const found = files.flatMap((file) => {
    const text = read(file);
    const unions = [...matches(text, /readonly reason: ('[^;]+');/g), ...matches(text, /type \w*Reason =([^;]+);/g)];
    return [
      ...GIVEN.flatMap((pattern) => matches(text, pattern)),
      ...unions.flatMap((union) => matches(union, /'([A-Z]\w+)'/g)),
    ];
  });
  expect(new Set(found).size).to.be.above(30);
  return [...new Set(found)].filter((reason) => !ELSEWHERE.has(reason)).sort();
}
