import Type from 'typebox';
import type { CelRule } from './cel.ts';
import { celRules, LIST_AS_WHOLE } from './cel.ts';

const INVALID =
  'not a CIDR block: write an address and a prefix length, such as 10.0.0.0/8; a single address ends in /32 or /128';

/**
 * A block in the one form in which the API server itself prints it: what compares text takes any other form for another
 * block. `format`, because the estimated cost of joining strings of unknown length exceeds any budget [run].
 */
const CANONICAL: CelRule = {
  rule: 'isCIDR(self) && string(cidr(self).masked()) == self',
  message: INVALID,
  messageExpression: `isCIDR(self) ? 'write %s instead of %s'.format([string(cidr(self).masked()), self]) : '${INVALID}'`,
};

/**
 * For `except`, of which 262,144 are counted per direction. That leaves 38 units of the CEL budget for each, of which
 * parsing takes 18, and comparing a block with its masked form 18 or, on Kubernetes 1.31, 36 [run]. So the text of an
 * `except` may have bits after its prefix length; the API server reads it as the block around it.
 */
const VALID: CelRule = { rule: 'isCIDR(self)', message: INVALID };

const block = (description: string, rule: CelRule) =>
  Type.String({ minLength: 4, maxLength: 43, description, ...celRules(rule) });

export const cidr = (description: string) => block(description, CANONICAL);

export const IpBlock = Type.Object(
  {
    cidr: cidr('The block of addresses, such as 10.0.0.0/8 or 2001:db8::/32.'),
    except: Type.Optional(
      Type.Array(block('A block inside `cidr`.', VALID), {
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: 'Blocks inside `cidr` that stay closed. Absent means none.',
      }),
    ),
  },
  {
    title: 'IpBlock',
    additionalProperties: false,
    description: 'Addresses outside the cluster or of nodes; alone in its peer. Blocked CIDRs are carved out of it.',
    ...celRules(
      {
        rule: '!has(self.except) || !isCIDR(self.cidr) || [cidr(self.cidr)].all(block, self.except.all(e, block.containsCIDR(e)))',
        message: 'each except lies inside cidr: correct the block, or write a peer of its own for it',
      },
      {
        rule: '!has(self.except) || !(self.cidr in self.except)',
        message: 'except takes out all of cidr: remove the peer, or write a smaller block',
      },
    ),
  },
);
