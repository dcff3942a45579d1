import Type from 'typebox';
import { celRules, LIST_AS_WHOLE } from './cel.ts';
import { dnsLabel } from './name.ts';
import { PeerSchema } from './peer.ts';
import { PortSchema } from './port.ts';
import { labelSelector } from './selector.ts';

/**
 * Required even when empty. In networking.k8s.io/v1 an absent list means "all", so a misspelt `form:` would open the
 * namespace to everyone [run: THREATS 8].
 */
const ports = Type.Array(PortSchema, {
  maxItems: 32,
  ...LIST_AS_WHOLE,
  description: 'Ports that are open. `[]`, written out, means all ports of all protocols.',
});

const peers = (description: string) => Type.Array(PeerSchema, { maxItems: 32, ...LIST_AS_WHOLE, description });

const IngressEntry = Type.Object(
  { from: peers('Who may connect. `[]`, written out, means everyone, inside and outside the cluster.'), ports },
  { additionalProperties: false, description: 'Connections that are let in: from any of `from` to any of `ports`.' },
);

const EgressEntry = Type.Object(
  { to: peers('Where pods may connect to. `[]`, written out, means anywhere but `blockedCidrs`.'), ports },
  { additionalProperties: false, description: 'Connections that are let out: to any of `to` on any of `ports`.' },
);

export const AllowRuleSchema = Type.Object(
  {
    name: dnsLabel('Names the rule and its NetworkPolicy; unique in the baseline.'),
    podSelector: labelSelector('The pods that the rule is for. `{matchLabels: {}}` means all pods of the namespace.'),
    ingress: Type.Optional(
      Type.Array(IngressEntry, {
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: 'What is let in. Needs Ingress in `defaultDeny`. Absent or empty means nothing more.',
      }),
    ),
    egress: Type.Optional(
      Type.Array(EgressEntry, {
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: 'What is let out. Needs Egress in `defaultDeny`. Absent or empty means nothing more.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Connections that the default deny lets through. It becomes one NetworkPolicy.',
    ...celRules({
      rule: '(has(self.ingress) && self.ingress.size() > 0) || (has(self.egress) && self.egress.size() > 0)',
      message: 'the rule allows nothing: write at least one entry under ingress or egress, or remove the rule',
    }),
  },
);
