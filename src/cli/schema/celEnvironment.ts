import { Environment } from '@marcbachmann/cel-js';
import type { Block } from '../../k8s/cidr.ts';
import { contains, formatCidr, parseCidr } from '../../k8s/cidr.ts';

/** A CIDR as the rules see it: the library tells types apart by their constructors. */
class Cidr {
  readonly block: Block;
  constructor(block: Block) {
    this.block = block;
  }
}

/** CEL with the functions of Kubernetes that our rules use: k8s.io/apiserver/pkg/cel/library/cidr.go. */
export const createCelEnvironment = (): Environment =>
  new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
    .registerType('CIDR', Cidr)
    .registerFunction('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined)
    .registerFunction('cidr(string): CIDR', (text: string) => new Cidr(blockIn(text)))
    .registerFunction('string(CIDR): string', ({ block }: Cidr) => formatCidr(block))
    .registerFunction('CIDR.prefixLength(): int', ({ block }: Cidr) => BigInt(block.length))
    .registerFunction('CIDR.masked(): CIDR', ({ block }: Cidr) => new Cidr(block))
    .registerFunction('CIDR.containsCIDR(string): bool', ({ block }: Cidr, inner: string) =>
      contains(block, blockIn(inner)),
    )
    .registerFunction('string.format(list): string', (text: string, values: readonly unknown[]) => {
      let index = 0;
      return text.replaceAll('%s', () => String(values[index++]));
    });

function blockIn(text: string): Block {
  const block = parseCidr(text);
  if (block === undefined) throw new Error(`${text} is no CIDR`);
  return block;
}
