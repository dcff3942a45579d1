import Type from 'typebox';
import type { CelRule } from './cel.ts';
import { celRules } from './cel.ts';

/** Bounds that hold for the number or for the name, whichever is written; a CRD cannot bound the two apart. */
const PortNumberOrName = Type.Unsafe<number | string>({
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  minimum: 1,
  maximum: 65535,
  maxLength: 15,
  pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
  description:
    'A port number from 1 to 65535, or the name of a container port that starts with a letter. Required: `port: 1, endPort: 65535` means all ports of the protocol.',
});

/**
 * Kubernetes 1.31 takes the name for a string of any length, so that the estimated cost of matching it, or of asking
 * `self` for its type, exceeds any budget; comparing it costs nothing [run]. Digits and capitals sort before `a`.
 */
const NUMBER_IN_QUOTES: CelRule = {
  rule: "!has(self.port) || type(self.port) == int || self.port >= 'a'",
  message:
    'write port as a number without quotes, or as the name of a container port: at most 15 lower-case letters, digits and single -, a letter first',
};

/**
 * One port of a rule. `port` is written out: `{prot: 80}` would otherwise be stored as all ports (THREATS 8). It stays
 * optional in the shape, so that the API server answers with the sentence and not with "Required value".
 */
export const PortSchema = Type.Object(
  {
    protocol: Type.Optional(Type.Enum(['TCP', 'UDP', 'SCTP'], { description: 'Absent means TCP.' })),
    port: Type.Optional(PortNumberOrName),
    endPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'The last port of a range that starts at `port`, which must be a number. Absent means one port.',
      }),
    ),
  },
  {
    title: 'Port',
    additionalProperties: false,
    description: 'A port or a range of ports.',
    ...celRules(
      {
        rule: 'has(self.port)',
        message:
          'write port; for all ports of a protocol write port: 1 and endPort: 65535, for all ports write ports: []',
      },
      NUMBER_IN_QUOTES,
      {
        rule: '!has(self.endPort) || !has(self.port) || (type(self.port) == int && self.endPort >= self.port)',
        message: 'endPort ends a range: write port as a number that is not larger than endPort',
      },
    ),
  },
);
