import { expect } from 'chai';
import { parse } from 'yaml';
import { crdGenerator, crdOf } from '../../tools/generate/crds.ts';
import { CUSTOM_RESOURCES } from '../../tools/generate/customResources.ts';

/** `kubectl apply` keeps the whole object in an annotation, and annotations have this many bytes in all. */
const ANNOTATION_BYTES = 262_144;

describe('The CRDs', () => {
  const crds = CUSTOM_RESOURCES.map(crdOf);
  const versions = crds.map(({ spec }) => spec.versions[0]);

  it('are one file each, which a YAML parser reads back', async () => {
    const files = await crdGenerator.files();
    expect(files.map(({ path }) => path)).to.deep.equal([
      'crds/drawbridge.dev_securitybaselines.yaml',
      'crds/drawbridge.dev_baselinewaivers.yaml',
      'crds/drawbridge.dev_baselinereports.yaml',
    ]);
    expect(files.map(({ content }) => parse(content))).to.deep.equal(crds);
  });

  it('are named as users name them', () => {
    expect(crds.map(({ metadata }) => metadata.name)).to.deep.equal([
      'securitybaselines.drawbridge.dev',
      'baselinewaivers.drawbridge.dev',
      'baselinereports.drawbridge.dev',
    ]);
    expect(crds.map(({ spec }) => spec.names.shortNames)).to.deep.equal([['sbl'], ['blw'], ['blr']]);
    expect(crds.map(({ spec }) => spec.names.categories)).to.deep.equal(crds.map(() => ['drawbridge', 'security']));
    expect(crds.map(({ spec }) => spec.scope)).to.deep.equal(['Cluster', 'Cluster', 'Namespaced']);
  });

  it('give a status subresource to baselines and waivers, and not to reports', () => {
    expect(versions.map((version) => version?.subresources)).to.deep.equal([{ status: {} }, { status: {} }, undefined]);
  });

  it('print what one wants to see first', () => {
    const columns = versions.map((version) =>
      version?.additionalPrinterColumns.map(({ name, priority = 0 }) => `${name} ${priority}`),
    );
    expect(columns).to.deep.equal([
      ['Enforcement 0', 'Ready 0', 'Compliant 0', 'Namespaces 0', 'Age 0', 'Reason 1', 'Message 1', 'Found 1'],
      ['State 0', 'Namespaces 0', 'Controls 0', 'Expires 0', 'Age 0', 'Approved by 1', 'Message 1'],
      ['State 0', 'Summary 0', 'Last drift 0', 'Age 0', 'Change 1', 'Since 1', 'Writer 1'],
    ]);
  });

  it('fit well into the annotation of kubectl apply', () => {
    for (const crd of crds) {
      expect(JSON.stringify(crd).length, crd.metadata.name).to.be.lessThan(ANNOTATION_BYTES / 2);
    }
  });
});
