import Type from 'typebox';
import { AllowRuleSchema } from './allowRule.ts';
import { celRules, LIST_AS_SET, LIST_AS_WHOLE, LIST_BY_NAME } from './cel.ts';
import { cidr } from './cidr.ts';
import { sectionEnforcement } from './enforcement.ts';
import { NETWORK_RULES } from './networkRules.ts';
import { PeerSchema } from './peer.ts';
import { PortSchema } from './port.ts';

export const Direction = Type.Enum(['Ingress', 'Egress'], {
  description: 'Ingress: connections to pods. Egress: connections from pods.',
});

const Dns = Type.Object(
  {
    to: Type.Optional(
      Type.Array(PeerSchema, {
        minItems: 1,
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: "Where DNS is served. Absent means the cluster's DNS, as discovered.",
      }),
    ),
    ports: Type.Optional(
      Type.Array(PortSchema, {
        minItems: 1,
        maxItems: 8,
        ...LIST_AS_WHOLE,
        description: 'Ports of DNS. Absent means the ports of the DNS Service and its endpoints, UDP and TCP.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      "Lets all pods ask the cluster's DNS, by UDP and TCP. Needs Egress in `defaultDeny`. `{}` discovers its Service, pods and node-local address. Absent means DNS stays closed.",
  },
);

const ApiServer = Type.Object(
  {
    cidrs: Type.Optional(
      Type.Array(cidr("A block that the API server's addresses lie in."), {
        minItems: 1,
        maxItems: 32,
        ...LIST_AS_WHOLE,
        description: 'Addresses of the API server. Absent means its endpoints and its Service address, as discovered.',
      }),
    ),
    ports: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 65535, description: 'A TCP port.' }), {
        minItems: 1,
        maxItems: 8,
        ...LIST_AS_WHOLE,
        description: 'TCP ports of the API server. Absent means the ports of its endpoints and of its Service.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Lets all pods connect to the API server. Needs Egress in `defaultDeny`. `{}` discovers its addresses and keeps the last known ones. Absent means it stays closed.',
  },
);

const ApiServerCallbacks = Type.Object(
  {
    cidrs: Type.Optional(
      Type.Array(cidr('A block that the API server calls from: its nodes, or its tunnel.'), {
        minItems: 1,
        maxItems: 32,
        ...LIST_AS_WHOLE,
        description:
          'Where the API server calls from. Absent means its endpoints, as discovered: a guess, since calls may come through a tunnel, and so not enough for `preflight: Hold`.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Lets the API server call the pods that serve admission webhooks, aggregated APIs or the conversion of CRDs, on the ports on which they do. Needs Ingress in `defaultDeny`. Absent means it stays closed.',
  },
);

const Allow = Type.Object(
  {
    dns: Type.Optional(Dns),
    apiServer: Type.Optional(ApiServer),
    sameNamespace: Type.Optional(
      Type.Array(Direction, {
        minItems: 1,
        maxItems: 2,
        ...LIST_AS_SET,
        description:
          'Directions in which pods of one namespace may talk to each other; each must be in `defaultDeny`. Absent means none.',
      }),
    ),
    apiServerCallbacks: Type.Optional(ApiServerCallbacks),
    rules: Type.Optional(
      Type.Array(AllowRuleSchema, {
        maxItems: 32,
        ...LIST_BY_NAME,
        description: 'Further connections, each rule as one NetworkPolicy. Absent means none.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'What the default deny lets through. Absent means nothing.',
  },
);

export const NetworkSchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    defaultDeny: Type.Array(Direction, {
      minItems: 1,
      maxItems: 2,
      ...LIST_AS_SET,
      description: 'Directions in which all pods are closed but for what `allow` names.',
    }),
    allow: Type.Optional(Allow),
    blockedCidrs: Type.Optional(
      Type.Array(cidr('A block, such as 169.254.169.254/32.'), {
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description:
          'Blocks that no generated policy opens: they are carved out of every `ipBlock`, and policies of others that reach them are findings. Needs Egress in `defaultDeny`. Absent means none.',
      }),
    ),
    preflight: Type.Optional(
      Type.Enum(['Hold', 'Ignore'], {
        description:
          'Whether a namespace is closed that the API server calls into. Hold: its ingress is not closed for the first time before `allow.apiServerCallbacks.cidrs` or a rule lets the calls in; a finding says which. Ignore: it is closed. Absent means Hold.',
      }),
    ),
    foreignPolicies: Type.Optional(
      Type.Enum(['Report', 'Remove'], {
        description:
          'What happens to a NetworkPolicy of somebody else that undoes the default deny. Report makes it a finding; Remove deletes it. Absent means Report.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Default-deny NetworkPolicies and what they let through. Absent means the baseline has no say in it.',
    ...celRules(...NETWORK_RULES),
  },
);
