import { withAllow, withNetwork, withPeer, withRule } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const ALL = { matchLabels: {} };
const INGRESS_ONLY = ['Ingress'];
const rule = (name: string) => ({ name, podSelector: ALL, ingress: [{ from: [], ports: [] }] });

/** Wrong in the network section, outside ports and CIDRs. */
export const REFUSED_NETWORKS: readonly Refusal[] = [
  {
    name: 'no direction',
    object: withNetwork({ defaultDeny: [] }),
    message: 'spec.network.defaultDeny in body should have at least 1 items',
  },
  {
    name: 'DNS while egress is open',
    object: withNetwork({ defaultDeny: INGRESS_ONLY, allow: { dns: {} } }),
    message: 'allow.dns opens egress that is not closed: add Egress to defaultDeny, or remove allow.dns',
  },
  {
    name: 'the API server while egress is open',
    object: withNetwork({ defaultDeny: INGRESS_ONLY, allow: { apiServer: {} } }),
    message: 'allow.apiServer opens egress that is not closed: add Egress to defaultDeny, or remove allow.apiServer',
  },
  {
    name: 'calls of the API server while ingress is open',
    object: withNetwork({ defaultDeny: ['Egress'], allow: { apiServerCallbacks: {} } }),
    message:
      'allow.apiServerCallbacks opens ingress that is not closed: add Ingress to defaultDeny, or remove allow.apiServerCallbacks',
  },
  {
    name: 'a direction of sameNamespace that is not denied',
    object: withNetwork({ defaultDeny: INGRESS_ONLY, allow: { sameNamespace: ['Ingress', 'Egress'] } }),
    message: 'allow.sameNamespace opens a direction that is not closed: add it to defaultDeny, or remove it here',
  },
  {
    name: 'a rule of egress while egress is open',
    object: withNetwork({
      defaultDeny: INGRESS_ONLY,
      allow: { rules: [{ name: 'out', podSelector: ALL, egress: [{ to: [], ports: [] }] }] },
    }),
    message: 'a rule in allow.rules opens egress that is not closed: add Egress to defaultDeny, or remove its egress',
  },
  {
    name: 'a rule of ingress while ingress is open',
    object: withNetwork({ defaultDeny: ['Egress'], allow: { rules: [rule('in')] } }),
    message:
      'a rule in allow.rules opens ingress that is not closed: add Ingress to defaultDeny, or remove its ingress',
  },
  {
    name: 'THREATS 7: blocked CIDRs while egress is open',
    object: withNetwork({ defaultDeny: INGRESS_ONLY, blockedCidrs: ['169.254.169.254/32'] }),
    message: 'blockedCidrs cannot be kept while egress is open: add Egress to defaultDeny, or remove blockedCidrs',
  },
  {
    name: 'every address blocked',
    object: withNetwork({ blockedCidrs: ['0.0.0.0/0'] }),
    message: 'blockedCidrs would block every address: remove the block of prefix length 0',
  },
  {
    name: 'one rule name twice',
    object: withAllow({ rules: [rule('web'), rule('web')] }),
    message: 'spec.network.allow.rules[1]: Duplicate value: {"name":"web"}',
  },
  {
    name: 'a rule name that is none',
    object: withRule({ name: 'From_Ingress' }),
    message: 'write a name of lower-case letters, digits and -, with a letter or digit at both ends',
  },
  {
    name: 'a rule that allows nothing',
    object: withRule({ ingress: [], egress: [] }),
    message: 'the rule allows nothing: write at least one entry under ingress or egress, or remove the rule',
  },
  {
    name: 'an empty peer',
    object: withPeer({}),
    message: 'write ipBlock, podSelector or namespaceSelector; to allow every peer, write an empty list',
  },
  {
    name: 'ipBlock beside a selector',
    object: withPeer({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: ALL }),
    message: 'ipBlock stands alone: write the selectors as another peer of the list',
  },
  {
    name: 'DNS to nobody',
    object: withAllow({ dns: { to: [] } }),
    message: 'spec.network.allow.dns.to in body should have at least 1 items',
  },
];
