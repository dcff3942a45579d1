import { expect } from 'chai';
import Type from 'typebox';
import { fieldType } from '../../tools/generate/fieldType.ts';
import { shapesOf } from '../../tools/generate/shapes.ts';
import type { JsonSchema } from '../../tools/generate/structural.ts';

const Named = Type.Object({ a: Type.Object({ b: Type.String() }) }, { title: 'Named' });

describe('fieldType', () => {
  const cases: readonly (readonly [object, string])[] = [
    [Type.Boolean(), 'boolean'],
    [Type.String({ maxLength: 63 }), 'string, at most 63 characters'],
    [Type.String({ minLength: 1, maxLength: 63 }), 'string, 1 to 63 characters'],
    [Type.String({ format: 'date-time' }), 'string (date-time)'],
    [Type.Integer({ minimum: 1, maximum: 65535 }), 'integer, 1 to 65535'],
    [Type.Integer({ minimum: 0 }), 'integer, at least 0'],
    [Type.Enum(['A', 'B']), '`A` or `B`'],
    [Type.Array(Type.Enum(['A']), { minItems: 1, maxItems: 2 }), 'list, 1 to 2 of: `A`'],
    [Type.Record(Type.String(), Type.String(), { maxProperties: 16 }), 'map of strings, at most 16'],
    [Type.Unsafe({ 'x-kubernetes-int-or-string': true }), 'integer or string'],
    [Named, '[Named](#named)'],
    [Type.Object({}), '[spec.rules[]](#specrules)'],
  ];
  for (const [schema, text] of cases) {
    it(text, () => expect(fieldType(asJson(schema), 'spec.rules[]')).to.equal(text));
  }
});

describe('shapesOf', () => {
  it('lists objects by path, and shared ones once, last, by title', () => {
    const root = Type.Object({ x: Named, y: Type.Array(Type.Object({ z: Named })), plain: Type.String() });
    expect(shapesOf(asJson(root)).map(({ heading }) => heading)).to.deep.equal(['Named.a', 'y[]', 'Named']);
  });
});

const asJson = (schema: object): JsonSchema => JSON.parse(JSON.stringify(schema));
