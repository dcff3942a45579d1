import { expect } from 'chai';
import Type from 'typebox';
import type { JsonSchema } from '../../tools/generate/structural.ts';
import { toStructural } from '../../tools/generate/structural.ts';

const IntOrString = Type.Unsafe({
  'x-kubernetes-int-or-string': true,
  type: ['integer', 'string'],
  maximum: 9,
});
const RULES = [{ rule: 'true', message: 'm' }];

describe('toStructural', () => {
  const cases: readonly { readonly name: string; readonly from: object; readonly to: JsonSchema }[] = [
    {
      name: 'opens closed objects',
      from: Type.Object({ a: Type.Boolean() }, { additionalProperties: false }),
      to: { type: 'object', required: ['a'], properties: { a: { type: 'boolean' } } },
    },
    {
      name: 'makes a record a map',
      from: Type.Record(Type.String(), Type.String({ maxLength: 3 }), { maxProperties: 2 }),
      to: { type: 'object', additionalProperties: { type: 'string', maxLength: 3 }, maxProperties: 2 },
    },
    {
      name: 'gives an enum its type',
      from: Type.Enum(['a', 'b'], { description: 'd' }),
      to: { type: 'string', enum: ['a', 'b'], description: 'd' },
    },
    {
      name: 'makes a literal an enum of one',
      from: Type.Literal('a'),
      to: { type: 'string', enum: ['a'] },
    },
    {
      name: 'joins literals to an enum',
      from: Type.Union([Type.Literal('a'), Type.Literal('b')]),
      to: { type: 'string', enum: ['a', 'b'] },
    },
    {
      name: 'makes a union with null nullable',
      from: Type.Union([Type.String({ maxLength: 3 }), Type.Null()]),
      to: { type: 'string', maxLength: 3, nullable: true },
    },
    {
      name: 'keeps int-or-string without a type, with its bounds',
      from: IntOrString,
      to: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }], maximum: 9 },
    },
    {
      name: 'carries list types and rules, within items too',
      from: Type.Array(Type.String({ 'x-kubernetes-validations': RULES }), { 'x-kubernetes-list-type': 'set' }),
      to: {
        type: 'array',
        items: { type: 'string', 'x-kubernetes-validations': RULES },
        'x-kubernetes-list-type': 'set',
      },
    },
    { name: 'leaves titles to the docs', from: Type.String({ title: 'T' }), to: { type: 'string' } },
  ];
  for (const { name, from, to } of cases) it(name, () => expect(toStructural(asJson(from))).to.deep.equal(to));

  const impossible: readonly { readonly name: string; readonly from: object; readonly message: string }[] = [
    {
      name: 'a union of shapes',
      from: Type.Object({ a: Type.Union([Type.String(), Type.Number()]) }),
      message: '.a: a structural schema has no unions but literals, null and int-or-string',
    },
    {
      name: 'a keyword that a CRD lacks',
      from: Type.Object({ a: Type.Array(Type.Object({ b: Type.Number({ exclusiveMinimum: 0 }) })) }),
      message: '.a[].b: a CRD has no place for exclusiveMinimum',
    },
    { name: 'a tuple', from: Type.Tuple([Type.String()]), message: 'a CRD has no place for additionalItems' },
    { name: 'numbers to choose from', from: Type.Literal(1), message: 'only strings are enumerated' },
    { name: 'nothing but null', from: Type.Union([Type.Null()]), message: 'a union needs a branch beside null' },
    {
      name: 'an object with fields of any name beside its own',
      from: Type.Object({}, { additionalProperties: Type.String() }),
      message: 'write a map as Type.Record',
    },
  ];
  for (const { name, from, message } of impossible) {
    it(`throws for ${name}`, () => expect(() => toStructural(asJson(from))).to.throw(message));
  }
});

const asJson = (schema: object): JsonSchema => JSON.parse(JSON.stringify(schema));
