import { expect } from 'chai';
import type { JsonSchema } from '../../../src/cli/schema/jsonSchema.ts';
import { ruleMistakes } from '../../../src/cli/schema/ruleMistakes.ts';

const ruled = (rule: string, more: JsonSchema = {}): JsonSchema => ({
  ...more,
  'x-kubernetes-validations': [{ rule, message: 'write something else' }],
});
const WRONG = [{ path: '', message: 'write something else' }];

describe('Rules of a schema, asked without a server', () => {
  const CASES: readonly (readonly [string, JsonSchema, unknown, typeof WRONG])[] = [
    ['that hold', ruled('self.a == 1'), { a: 1 }, []],
    ['that do not hold', ruled('self.a == 1'), { a: 2 }, WRONG],
    ['that cannot be asked', ruled('self.a.b == 1'), { a: {} }, WRONG],
    ['that call what there is not', ruled('nothing(self)'), {}, WRONG],
    ['about whole numbers', ruled('type(self.a) == int'), { a: 3 }, []],
    [
      'about a field whose name is a word of CEL',
      ruled("self.__in__ == 'x'", { properties: { in: {} } }),
      { in: 'x' },
      [],
    ],
    ['about the keys of a map, which are data', ruled("self.all(k, k == 'in')"), { in: 'x' }, []],
    ['about a field that is null, and counts as absent', ruled('!has(self.a)'), { a: null }, []],
  ];
  for (const [name, schema, value, expected] of CASES) {
    it(`finds ${expected.length === 0 ? 'nothing' : 'a mistake'} by rules ${name}`, () => {
      expect(ruleMistakes(schema, value)).to.deep.equal(expected);
    });
  }

  it('finds what stands twice in a set, and in a list by its keys', () => {
    const set: JsonSchema = { 'x-kubernetes-list-type': 'set' };
    const byName: JsonSchema = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };
    expect(ruleMistakes(set, ['a', 'b', 'a']).map(({ path }) => path)).to.deep.equal(['[2]']);
    expect(
      ruleMistakes(byName, [
        { name: 'a', x: 1 },
        { name: 'a', x: 2 },
      ]).map(({ path }) => path),
    ).to.deep.equal(['[1]']);
  });
});
