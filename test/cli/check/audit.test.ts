import { expect } from 'chai';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY } from '../run.ts';
import { GOOD } from '../samples.ts';
import { placesOf, useCheck } from './run.ts';

describe('drawbridge check of what is about audit', () => {
  const { at, check } = useCheck();
  const BODIES = '{level: Request, resources: [{group: "", resources: [secrets]}]}';

  it('lints the audit section of a baseline, as the operator does before it publishes it', async () => {
    at().write({ 'baseline.yaml': baselineText('{level: Request, verbs: [creat]}') });
    const { code, results } = await check(['baseline.yaml']);
    expect(code).to.equal(1);
    expect(results.map(({ rule, severity, line, column, path }) => [rule, severity, line, column, path])).to.deep.equal(
      [['unknown-verb', 'error', 9, 38, 'spec.audit.rules[0].verbs[0]']],
    );
    at().write({ 'baseline.yaml': baselineText(GOOD_RULE) });
    expect(await check(['baseline.yaml']))
      .to.include({ code: 0 })
      .and.to.have.deep.property('results', []);
  });

  it('names each verb that there is once', async () => {
    at().write({ 'policy.yaml': CLEAN_POLICY.replace('Metadata', 'Metadata\n  verbs: [creat]') });
    const { results } = await check(['policy.yaml']);
    const message = results.find(({ rule }) => rule === 'unknown-verb')?.message ?? '';
    const verbs = (/known are (.*)$/.exec(message)?.[1] ?? '').split(', ');
    expect(verbs).to.include.members(['get', 'create', 'head']);
    expect(new Set(verbs).size).to.equal(verbs.length);
  });

  it('finds the same in a section and in a policy as audit lint', async () => {
    at().write({ 'baseline.yaml': baselineText(BODIES), 'policy.yaml': POOR_POLICY });
    const linted = JSON.parse((await at().run(['audit', 'lint', '-o', 'json', '.'])).out).results;
    const checked = (await check(['.'])).results;
    expect(linted).to.have.lengthOf.above(1);
    expect(checked).to.deep.equal(linted);
  });

  it('says once what is wrong with a section that no API server would take', async () => {
    const wrong = baselineText('{level: Loud}');
    at().write({ 'baseline.yaml': wrong });
    const { results } = await check(['baseline.yaml']);
    expect(results.map(({ rule, line }) => `${rule} ${line}`)).to.deep.equal(['InvalidObject 9']);
  });

  it('finds what is refused by servers alone, which the CRD lets through', async () => {
    at().write({ 'baseline.yaml': baselineText('{level: Metadata, nonResourceURLs: ["/a*b"]}') });
    const { code, results } = await check(['baseline.yaml']);
    expect(code).to.equal(1);
    expect(results.map(({ message }) => message).join('\n')).to.contain('a star can only be its last character');
  });

  it('lints a policy beside baselines, which is not counted among what is not judged', async () => {
    at().write({ ...GOOD, 'policy.yaml': POOR_POLICY });
    const { code, results, notJudged, err } = await check(['.']);
    expect(code).to.equal(1);
    expect(results.map(({ rule, line, column }) => `${rule} ${line}:${column}`)).to.include('unknown-verb 7:11');
    expect(notJudged).to.deep.equal([]);
    expect(err).to.not.contain('not judged');
  });

  it('needs no baseline where there is a policy', async () => {
    at().write({ 'policy.yaml': CLEAN_POLICY });
    expect((await check(['policy.yaml'])).code).to.equal(0);
  });

  it('judges a policy for the servers that it is for', async () => {
    at().write({ 'policy.yaml': CLEAN_POLICY.replace('Metadata', 'Metadata\n  resources: [{group: "*"}]') });
    expect(placesOf(await check(['policy.yaml']))).to.include('invalid-policy policy.yaml:5');
    const newer = placesOf(await check(['--kubernetes-version', '1.36', 'policy.yaml']));
    expect(newer).to.not.include('invalid-policy policy.yaml:5');
  });

  it('knows each rule that it names, for tools that list them', async () => {
    at().write({ 'policy.yaml': POOR_POLICY, 'baseline.yaml': baselineText(BODIES) });
    const [run] = JSON.parse((await at().run(['check', '-o', 'sarif', '.'])).out).runs;
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
  });
});
