import { expect } from 'chai';
import { Compile } from 'typebox/schema';
import { BaselineWaiverSpecSchema } from '../../src/api/schema/baselineWaiver.ts';
import type { CelRule } from '../../src/api/schema/cel.ts';
import { SecurityBaselineSpecSchema } from '../../src/api/schema/securityBaseline.ts';
import { crdOf } from '../../tools/generate/crds.ts';
import { CUSTOM_RESOURCES } from '../../tools/generate/customResources.ts';
import type { JsonSchema } from '../../tools/generate/structural.ts';
import {
  FULL_BASELINE,
  FULL_WAIVER,
  MAXIMAL_BASELINE,
  MAXIMAL_WAIVER,
  REFUSED,
  REFUSED_WAIVERS,
  TYPOS,
} from './samples/index.ts';

interface Field {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** Every schema below one, with the path to it; `metadata` belongs to Kubernetes. */
function fieldsOf(schema: JsonSchema, path: string): readonly Field[] {
  const values = schema.additionalProperties as JsonSchema | undefined;
  return [
    { path, schema },
    ...Object.entries(schema.properties ?? {})
      .filter(([name]) => name !== 'metadata')
      .flatMap(([name, field]) => fieldsOf(field, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[]`)),
    ...(values === undefined ? [] : fieldsOf(values, `${path}.*`)),
  ];
}

const schemaOf = (crd: ReturnType<typeof crdOf>): JsonSchema => crd.spec.versions[0]?.schema.openAPIV3Schema ?? {};
const FIELDS = CUSTOM_RESOURCES.flatMap((resource) => fieldsOf(schemaOf(crdOf(resource)), resource.kind.kind));
const OWN = FIELDS.filter(({ path }) => !/^\w+\.(apiVersion|kind)$/.test(path));
const pathsOf = (fields: readonly Field[]) => fields.map(({ path }) => path);
const RULES = FIELDS.flatMap(({ path, schema }) =>
  ((schema['x-kubernetes-validations'] ?? []) as readonly CelRule[]).map((rule) => ({ path, ...rule })),
);

describe('The schemas', () => {
  it('describe every field in a sentence', () => {
    expect(pathsOf(FIELDS.filter(({ schema }) => !/\.$/.test(schema.description ?? '')))).to.deep.equal([]);
  });

  it('say for every optional field of a spec what its absence means', () => {
    const unsaid = FIELDS.flatMap(({ path, schema }) =>
      Object.entries(schema.properties ?? {})
        .filter(([name]) => /^(SecurityBaseline|BaselineWaiver)\.spec/.test(path) && !schema.required?.includes(name))
        .filter(([, field]) => !/Absent|Required/.test(`${field.description}`))
        .map(([name]) => `${path}.${name}`),
    ).filter((path) => !/(matchLabels|ipBlock)$/.test(path));
    expect(unsaid).to.deep.equal([]);
  });

  it('bound every list, map and string, so that the cost of rules can be bounded (THREATS 28)', () => {
    const unbounded = OWN.filter(
      ({ schema }) =>
        (schema.type === 'array' && schema.maxItems === undefined) ||
        (schema.type === 'string' && schema.maxLength === undefined && !schema.enum && !schema.format) ||
        (schema.additionalProperties !== undefined && schema.maxProperties === undefined),
    );
    expect(pathsOf(unbounded)).to.deep.equal([]);
  });

  it('say of every list how it is merged', () => {
    const unsaid = FIELDS.filter(({ schema }) => schema.type === 'array' && !schema['x-kubernetes-list-type']);
    expect(pathsOf(unsaid)).to.deep.equal([]);
  });

  it('default nothing but the status, so that a spec is stored as it was written', () => {
    const defaulted = FIELDS.filter(({ schema }) => schema.default !== undefined);
    expect(defaulted.map(({ path, schema }) => [path, schema.default])).to.deep.equal([
      ['SecurityBaseline.status', { observedGeneration: -1 }],
      ['BaselineWaiver.status', { observedGeneration: -1 }],
    ]);
  });

  it('give every rule a sentence that fits on a line or two', () => {
    expect(RULES.filter(({ message }) => message.length < 20 || message.length > 220)).to.deep.equal([]);
  });

  it('have a sample of everything that a rule refuses', () => {
    const shown = [...TYPOS, ...REFUSED, ...REFUSED_WAIVERS].map(({ message }) =>
      message.replace(/^.*Invalid value: /, ''),
    );
    const missing = RULES.filter(({ path }) => !path.startsWith('BaselineReport'))
      .map(({ message }) => message)
      .filter((message) => !shown.some((part) => message.includes(part)));
    expect([...new Set(missing)]).to.deep.equal([]);
  });
});

describe('The shape of a spec, checked offline', () => {
  const shape = Compile(SecurityBaselineSpecSchema);

  it('is that of the full and of the maximal baseline', () => {
    expect(shape.Check(FULL_BASELINE.spec)).to.equal(true);
    expect(shape.Check(MAXIMAL_BASELINE.spec)).to.equal(true);
    const waiver = Compile(BaselineWaiverSpecSchema);
    expect([FULL_WAIVER, MAXIMAL_WAIVER].map(({ spec }) => waiver.Check(spec))).to.deep.equal([true, true]);
  });

  for (const { name, object } of TYPOS) {
    it(`is not that of a spec with ${name}`, () => expect(shape.Check(object.spec)).to.equal(false));
  }
});
