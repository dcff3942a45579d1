import { expect } from 'chai';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { AUDIT_POLICY_NAME } from '../../../src/api/names.ts';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import { sectionMistakes } from '../../../src/audit/compile/sectionMistakes.ts';
import { fileIndex } from '../../../src/cli/files/fileIndex.ts';
import { projectBaseline } from '../../../src/core/kinds/projectCluster.ts';
import { entryOf } from '../../../src/k8s/entry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { auditSources } from '../../../src/operator/auditPolicy/sources.ts';
import { createAuditPolicyController } from '../../../src/operator/controllers/auditPolicy.ts';
import { anySection } from '../../audit/compile/arbitrarySection.ts';
import { objectIndexContract } from '../../k8s/objectIndexContract.ts';
import { createServer } from '../../support/buildServer.ts';
import { baselineText, CLEAN_POLICY, GOOD_RULE, useWorkplace } from '../run.ts';

objectIndexContract('What files hold', (objects) =>
  fileIndex(objects.map((object) => entryOf(object.kind, object, { body: object }))),
);

const NAMESPACE = 'drawbridge-system';
const baseline = (name: string, spec: object): KubeObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name, uid: `uid-${name}` },
  spec: { enforcement: 'Enforce', namespaceSelector: { matchLabels: {} }, ...spec },
});

/** The ConfigMap that the operator itself makes of baselines in a cluster that had none. */
async function published(baselines: readonly KubeObject[]): Promise<KubeObject | undefined> {
  const server = createServer();
  const index = fileIndex(baselines.map((object) => entryOf(object.kind, object, projectBaseline(object))));
  const reconcile = createAuditPolicyController({
    ports: server.ports,
    ownNamespace: NAMESPACE,
    sources: () => auditSources(index),
    isReady: () => true,
    onVerdict: () => {},
    onPublished: () => {},
    onRepair: () => {},
  });
  await reconcile({ key: 'audit-policy', sinceMs: 0, signal: new AbortController().signal });
  return server.objects().find(({ metadata }) => metadata.name.startsWith(`${AUDIT_POLICY_NAME}-`));
}

const dataOf = (object: KubeObject | undefined): string =>
  (object?.data as Readonly<Record<string, string>> | undefined)?.['policy.yaml'] ?? '';

describe('drawbridge audit compile', () => {
  const at = useWorkplace();

  it('writes, byte for byte, what the operator publishes, and names its ConfigMap', async () => {
    const good = fc
      .tuple(anySection, anySection)
      .filter((sections) => sections.every((section) => sectionMistakes(written(section), 31).length === 0));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(good, async (sections) => {
        const baselines = sections.map((section, index) => baseline(`b${index}`, { audit: written(section) }));
        at().write({
          'a.yaml': baselines.map((one) => stringify(one, { aliasDuplicateObjects: false })).join('---\n'),
        });
        const { code, out, err } = await at().run(['audit', 'compile', 'a.yaml']);
        refused += code;
        const object = await published(baselines);
        expect([code, out]).to.deep.equal(code === 0 ? [0, dataOf(object)] : [1, '']);
        expect(err).to.contain(code === 0 ? `ConfigMap ${NAMESPACE}/${object?.metadata.name}, sha256 ` : 'error: ');
      }),
      { numRuns: 150 },
    );
    expect(refused).to.be.within(1, 149);
  });

  it('writes the ConfigMap itself', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    const { out } = await at().run(['audit', 'compile', '-o', 'configmap', '-o', 'policy=policy.yaml', 'a.yaml']);
    const object = await published([parse(baselineText(GOOD_RULE))]);
    const { name, namespace, labels } = object?.metadata ?? {};
    expect(parse(out)).to.deep.equal({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels },
      data: object?.data,
      immutable: true,
    });
    const linted = await at().run(['audit', 'lint', 'policy.yaml']);
    expect([linted.code, linted.out]).to.deep.equal([0, '']);
    const elsewhere = await at().run(['audit', 'compile', '-o', 'configmap', '--namespace', 'sec', 'a.yaml']);
    expect(parse(elsewhere.out).metadata).to.include({ namespace: 'sec', name });
  });

  it('joins the sections of all baselines that enforce, and says of the others that they are no part of it', async () => {
    const audits = baselineText('', '', 'audits').replace('Enforce', 'Audit').replace('Metadata', 'RequestResponse');
    const suspended = baselineText('', '  suspend: true\n', 'rests').replace('Metadata', 'RequestResponse');
    at().write({
      'a/a.yaml': baselineText(GOOD_RULE),
      'a/b.yaml': audits,
      'a/c.yaml': suspended,
      'a/d.yaml': CLEAN_POLICY,
    });
    const joined = await at().run(['audit', 'compile', 'a']);
    const alone = await at().run(['audit', 'compile', 'a/a.yaml']);
    expect(joined.out).to.equal(alone.out);
    for (const name of ['audits', 'rests']) expect(joined.err).to.contain(`${name}: it only audits or is suspended`);
  });

  it('reads baselines from standard input, also as kubectl lists them', async () => {
    const items = [parse(baselineText(GOOD_RULE)), parse(baselineText('', '', 'other'))];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { code, out } = await at().run(['audit', 'compile', '-'], { stdin: list });
    expect(code).to.equal(0);
    expect(out).to.equal(dataOf(await published(items)));
  });

  for (const [what, text, said] of [
    [
      'a section that the lints refuse',
      baselineText('').replace('Metadata', 'None'),
      /^error: a\.yaml:\d+:\d+: .*\(exec-unseen\)$/m,
    ],
    [
      'a section that a server refuses',
      baselineText('{level: None}'),
      /^error: a\.yaml:9:14: a rule of level None is written out.*\(invalid-section\)$/m,
    ],
    [
      'a baseline without a name',
      baselineText('').replace('name: restricted', 'a: b'),
      /metadata|it is required: name the baseline/,
    ],
    [
      'another enforcement',
      baselineText('').replace('Enforce', 'enforce'),
      /^error: a\.yaml:5:3: it is required: write Enforce or Audit/m,
    ],
    ['a suspension that is text', baselineText('', '  suspend: "yes"\n'), /^error: a\.yaml:10:3: write true or false/m],
    [
      'two of one name',
      `${baselineText('')}---\n${baselineText('')}`,
      /^error: a\.yaml:13:12: there is a baseline restricted before it/m,
    ],
    ['what cannot be read', `${baselineText('')}a: [\n`, /^error: a\.yaml:.*\(unreadable\)$/m],
  ] as const) {
    it(`writes nothing of ${what}, and says why`, async () => {
      at().write({ 'a.yaml': text, 'b.yaml': baselineText(GOOD_RULE, '', 'good') });
      const { code, out, err } = await at().run(['audit', 'compile', 'a.yaml', 'b.yaml']);
      expect([code, out], err).to.deep.equal([1, '']);
      expect(err).to.match(said);
      expect(err).to.contain('nothing is written: the operator would leave out what is refused, and publish the rest');
    });
  }

  it('says of a section that is published all the same what the lints warn of', async () => {
    const quiet = '{level: None, verbs: [create], users: [bob], resources: [{group: apps, resources: [deployments]}]}';
    at().write({ 'a.yaml': baselineText(quiet) });
    const { code, err } = await at().run(['audit', 'compile', 'a.yaml']);
    expect(code).to.equal(0);
    expect(err).to.match(/^warning: a\.yaml:9:13: nothing is recorded of create deployments/m);
  });

  it('ends with 2 where nothing would be published', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE).replace('Enforce', 'Audit'), 'b.yaml': CLEAN_POLICY });
    for (const [path, said] of [
      ['a.yaml', 'nothing would be published'],
      ['b.yaml', 'there is nothing to compile'],
      ['c.yaml', 'there is no such file'],
    ] as const) {
      const { code, out, err } = await at().run(['audit', 'compile', path]);
      expect([code, out], path).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    }
  });
});

/** As people write it: without what is empty. */
const written = (section: AuditSection): object =>
  JSON.parse(
    JSON.stringify(section, (_key, value) => (Array.isArray(value) && value.length === 0 ? undefined : value)),
  );
