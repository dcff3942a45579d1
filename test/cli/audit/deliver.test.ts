import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY, useWorkplace } from '../run.ts';

const GARDEN = ['--to', 'gardener', '--namespace', 'garden-shop', '--shoot', 'web'];

describe('drawbridge audit deliver', () => {
  const at = useWorkplace();
  const deliver = (...args: readonly string[]) => at().run(['audit', 'deliver', ...args]);

  it('writes what to apply on OpenShift for baselines, and what is lost, with where it was asked for', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    const { code, out, err } = await deliver('--to', 'openshift', 'a.yaml');
    expect(code).to.equal(1);
    expect(parse(out)).to.deep.equal({
      apiVersion: 'config.openshift.io/v1',
      kind: 'APIServer',
      metadata: { name: 'cluster' },
      spec: { audit: { profile: 'WriteRequestBodies', customRules: [] } },
    });
    // The level of all else stands at line 8, and the rule at 9.
    expect(err).to.match(/^error +a\.yaml:8:5 +recorded-less +Metadata of \/api\*/m);
    expect(err).to.match(/^warning +a\.yaml:9:13 +recorded-more +Request of update .*: RequestResponse is recorded$/m);
    expect(err).to.match(/^error +a\.yaml:7:3 +bodies-exposed +in every published policy: .*configmaps/m);
    expect(err).to.contain('1. oc patch apiserver cluster --type merge');
    expect(err).to.contain('nothing was applied');
  });

  it('points into the baseline that asks for what is lost', async () => {
    const rule =
      '{level: RequestResponse, verbs: [get], resources: [{group: route.openshift.io, resources: [routes]}]}';
    at().write({ 'a.yaml': baselineText(GOOD_RULE), 'b.yaml': baselineText(rule, '', 'routes') });
    const { err } = await deliver('--to', 'openshift', 'a.yaml', 'b.yaml');
    expect(err).to.match(/^error +b\.yaml:9:13 +recorded-less +RequestResponse of get routes of route\.openshift\.io/m);
  });

  it('points to the level that is in force for all else, where several baselines have one', async () => {
    const higher = baselineText('', '', 'higher').replace('Metadata', 'Request');
    at().write({ 'a.yaml': baselineText(GOOD_RULE), 'b.yaml': higher });
    const { err } = await deliver('--to', 'openshift', 'a.yaml', 'b.yaml');
    expect(err).to.match(/^error +b\.yaml:8:5 +recorded-less +Request of /m);
    expect(err).to.not.match(/^error +a\.yaml:8:5/m);
  });

  it('says nothing of the section of a baseline that only audits', async () => {
    const audits = baselineText(GOOD_RULE, '', 'audits').replace('Enforce', 'Audit');
    at().write({ 'a.yaml': audits, 'b.yaml': baselineText('') });
    const { out, err } = await deliver('--to', 'openshift', 'a.yaml', 'b.yaml');
    expect(parse(out).spec.audit.profile).to.equal('Default');
    expect(err).to.not.match(/a\.yaml:\d/);
  });

  it('takes an audit policy, and says that the operator publishes none like it', async () => {
    const { code, out, err } = await at().run(['audit', 'deliver', ...GARDEN, '-'], { stdin: CLEAN_POLICY });
    expect(code).to.equal(0);
    const [map, shoot] = parseAllDocuments(out).map((document) => document.toJS());
    expect([map.kind, shoot.kind]).to.deep.equal(['ConfigMap', 'Shoot']);
    expect(shoot.spec.kubernetes.kubeAPIServer.auditConfig.auditPolicy.configMapRef.name).to.equal(map.metadata.name);
    expect(err).to.contain('it is no policy that the operator publishes: its first rule must be the one');
  });

  it('brings to Gardener the very text that compile writes', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    const { code, out } = await deliver(...GARDEN, 'a.yaml');
    const compiled = await at().run(['audit', 'compile', 'a.yaml']);
    const [map] = parseAllDocuments(out).map((document) => document.toJS());
    expect([code, map.data.policy]).to.deep.equal([0, compiled.out]);
    expect(compiled.err).to.contain(`/${map.metadata.name},`);
  });

  it('gives what compile wrote the same plan', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    await at().run(['audit', 'compile', '-o', 'policy=policy.yaml', 'a.yaml']);
    const [ofBaseline, ofPolicy] = [
      await deliver('--to', 'gke', '-o', 'json', 'a.yaml'),
      await deliver('--to', 'gke', '-o', 'json', 'policy.yaml'),
    ];
    const shown = (json: string) =>
      JSON.parse(json)
        .losses.map((one: Record<string, unknown>) => [one.asked, one.recorded, one.direction])
        .sort();
    expect(shown(ofPolicy.out)).to.deep.equal(shown(ofBaseline.out));
    expect(ofPolicy.err).to.not.contain('it is no policy');
  });

  it('writes the name of any group so that it is the same name again', async () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(name, async (group) => {
        const baseline = parse(baselineText(''));
        const rules = [{ level: 'Request', verbs: ['update'], userGroups: [group] }];
        const spec = { ...baseline.spec, audit: { level: 'Metadata', rules } };
        const { out, err } = await at().run(['audit', 'deliver', '--to', 'openshift', '-'], {
          stdin: JSON.stringify({ ...baseline, spec }),
        });
        expect(out, err).to.match(/^[\n -~]*$/);
        const written = { group: group.toWellFormed(), profile: 'WriteRequestBodies' };
        for (const version of ['1.1', '1.2'] as const) {
          expect(parse(out, { version }).spec.audit.customRules).to.deep.equal([written]);
        }
      }),
      {
        numRuns: 100,
        examples: [['a\u2028b'], ['\u0085'], ['😀'], ['a\nb'], ['yes'], ['0o7'], ['1_0'], ['1:30'], ['!a b'], ['---']],
      },
    );
  });

  it('THREATS 6: writes no character of a name that moves a cursor', async () => {
    const rule = '{level: Request, verbs: [update], userGroups: ["a\\e[31m\\u2028::error"]}';
    at().write({ 'a.yaml': baselineText(rule) });
    for (const platform of ['openshift', 'gke']) {
      const { out, err } = await deliver('--to', platform, 'a.yaml');
      expect(err).to.contain('a\\u{1b}[31m\\u{2028}::error');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about these.
      expect(out + err).to.not.match(/[\u001b\u2028]/);
    }
  });

  for (const platform of ['eks', 'gke', 'aks']) {
    it(`writes nothing to apply on ${platform}, ends with 1, and says what to do instead`, async () => {
      at().write({ 'a.yaml': baselineText(GOOD_RULE) });
      const { code, out, err } = await deliver('--to', platform, 'a.yaml');
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.contain(`${platform}: it takes no such policy`).and.to.match(/^1\. /m);
    });
  }

  it('writes all of the plan as JSON, and the losses as a table', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    const { code, out } = await deliver(
      '--to',
      'openshift',
      '-o',
      'json',
      '-o',
      'table=losses',
      '-o',
      'yaml=plan.yaml',
      'a.yaml',
    );
    const { platform, verdict, manifests, losses, steps } = JSON.parse(out);
    expect([code, platform, verdict, manifests[0].how]).to.deep.equal([1, 'openshift', 'partly', 'patch']);
    expect(losses[0]).to.include({ file: 'a.yaml', line: 7, asked: 'Metadata', recorded: 'RequestResponse' });
    expect(steps).to.have.length.above(0);
    expect(read('losses')).to.match(/^SEVERITY +WHERE +RULE +MESSAGE\n/);
    expect(parse(read('plan.yaml'))).to.deep.equal(manifests[0].object);
  });

  it('names no level of a policy that compile refuses, and of one that no server takes', async () => {
    at().write({ 'a.yaml': baselineText('').replace('Metadata', 'None'), 'b.yaml': `${CLEAN_POLICY}verb: []\n` });
    for (const [file, said] of [
      ['a.yaml', 'exec-unseen'],
      ['b.yaml', 'b.yaml:5:1: '],
    ] as const) {
      const { code, out, err } = await deliver('--to', 'openshift', file);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    }
  });

  for (const [what, args, said] of [
    ['no platform', ['a.yaml'], "required option '--to"],
    ['a platform that nobody knows', ['--to', 'iks', 'a.yaml'], 'openshift, gardener, eks, gke, aks'],
    ['a Shoot without its namespace', ['--to', 'gardener', '--shoot', 'web', 'a.yaml'], 'needs --namespace'],
    ['a name that is none', [...GARDEN.slice(0, -1), 'a; rm', 'a.yaml'], '--shoot "a; rm": write a name'],
    ['a Shoot on OpenShift', ['--to', 'openshift', '--shoot', 'web', 'a.yaml'], 'leave out --namespace and --shoot'],
    ['baselines and a policy', ['--to', 'aks', 'a.yaml', 'poor.yaml'], 'the one or the other'],
    ['two policies', ['--to', 'aks', 'poor.yaml', 'clean.yaml'], 'there are 2 audit policies'],
    ['neither', ['--to', 'aks', 'other.yaml'], 'there is nothing to deliver'],
  ] as const) {
    it(`ends with 2 for ${what}`, async () => {
      at().write({
        'a.yaml': baselineText(GOOD_RULE),
        'poor.yaml': POOR_POLICY,
        'clean.yaml': CLEAN_POLICY,
        'other.yaml': 'a: 1\n',
      });
      const { code, out, err } = await deliver(...args);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    });
  }

  const read = (file: string): string => readFileSync(join(at().directory, file), 'utf8');
});
