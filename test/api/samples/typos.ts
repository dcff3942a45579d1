import {
  baseline,
  withAllow,
  withEgress,
  withIngress,
  withNetwork,
  withPeer,
  withPolicyRule,
  withPort,
  withRbac,
  withRule,
  withSpec,
} from './baselines.ts';
import type { Refusal } from './refusal.ts';

const ONE_LABEL = { app: 'web' };
const WRITE_SELECTOR = 'write matchLabels or matchExpressions; to select everything, write matchLabels: {}';

/**
 * Misspelt fields, which the API server drops before it validates. What is left must be refused, for it would be wider
 * than what was meant (THREATS 8).
 */
export const TYPOS: readonly Refusal[] = [
  {
    name: 'matchLabel in the namespaceSelector',
    object: withSpec({ namespaceSelector: { matchLabel: ONE_LABEL } }),
    message: `spec.namespaceSelector: Invalid value: ${WRITE_SELECTOR}`,
  },
  {
    name: 'namespaceSelecter',
    object: baseline({
      enforcement: 'Enforce',
      namespaceSelecter: { matchLabels: ONE_LABEL },
      network: { defaultDeny: ['Ingress'] },
    }),
    message: 'spec.namespaceSelector: Required value',
  },
  {
    name: 'defaultdeny',
    object: withSpec({ network: { defaultdeny: ['Ingress'] } }),
    message: 'spec.network.defaultDeny: Required value',
  },
  {
    name: 'enforcment',
    object: withSpec({ enforcement: undefined, enforcment: 'Enforce' }),
    message: 'spec.enforcement: Required value',
  },
  {
    name: 'netwrok',
    object: withSpec({ network: undefined, netwrok: { defaultDeny: ['Ingress'] } }),
    message:
      'the baseline declares nothing: write network, rbac, serviceAccounts, podSecurity, resources, audit, admission or clusterChecks',
  },
  {
    name: 'verb of an audit rule',
    object: withSpec({
      audit: {
        level: 'Metadata',
        rules: [{ level: 'None', users: ['a'], verb: ['get'], resources: [{ group: '', resources: ['pods'] }] }],
      },
    }),
    message: 'a rule of level None is written out',
  },
  {
    name: 'resource of an audit rule',
    object: withSpec({
      audit: {
        level: 'Metadata',
        rules: [{ level: 'None', users: ['a'], verbs: ['get'], resources: [{ group: '', resource: ['pods'] }] }],
      },
    }),
    message: 'a rule of level None is written out',
  },
  {
    name: 'rolebindings',
    object: withRbac({ rolebindings: [] }),
    message: 'the section declares nothing: write roles, roleBindings or forbid, or remove rbac',
  },
  {
    name: 'podSelecter of a rule',
    object: withRule({ podSelector: undefined, podSelecter: { matchLabels: ONE_LABEL } }),
    message: 'spec.network.allow.rules[0].podSelector: Required value',
  },
  {
    name: 'matchLabel in the podSelector of a rule',
    object: withRule({ podSelector: { matchLabel: ONE_LABEL } }),
    message: `spec.network.allow.rules[0].podSelector: Invalid value: ${WRITE_SELECTOR}`,
  },
  {
    name: 'form',
    object: withIngress({ from: undefined, form: [{ podSelector: { matchLabels: ONE_LABEL } }] }),
    message: 'spec.network.allow.rules[0].ingress[0].from: Required value',
  },
  {
    name: 'prots',
    object: withIngress({ ports: undefined, prots: [{ port: 80 }] }),
    message: 'spec.network.allow.rules[0].ingress[0].ports: Required value',
  },
  {
    name: 'too',
    object: withEgress({ to: undefined, too: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }),
    message: 'spec.network.allow.rules[0].egress[0].to: Required value',
  },
  {
    name: 'ingres',
    object: withRule({ ingress: undefined, ingres: [{ from: [], ports: [] }] }),
    message: 'the rule allows nothing: write at least one entry under ingress or egress, or remove the rule',
  },
  {
    name: 'namespaceSelecter of a peer',
    object: withPeer({ namespaceSelecter: { matchLabels: ONE_LABEL } }),
    message: 'write ipBlock, podSelector or namespaceSelector; to allow every peer, write an empty list',
  },
  {
    name: 'matchLabel in a peer',
    object: withPeer({ namespaceSelector: { matchLabel: ONE_LABEL } }),
    message: `spec.network.allow.rules[0].ingress[0].from[0].namespaceSelector: Invalid value: ${WRITE_SELECTOR}`,
  },
  {
    name: 'matchLabel where DNS is',
    object: withAllow({ dns: { to: [{ podSelector: { matchLabel: ONE_LABEL } }] } }),
    message: `spec.network.allow.dns.to[0].podSelector: Invalid value: ${WRITE_SELECTOR}`,
  },
  {
    name: 'value of a requirement',
    object: withPeer({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', value: ['web'] }] } }),
    message: 'In and NotIn need values; Exists and DoesNotExist take none',
  },
  {
    name: 'cdir',
    object: withPeer({ ipBlock: { cdir: '10.0.0.0/8' } }),
    message: 'spec.network.allow.rules[0].ingress[0].from[0].ipBlock.cidr: Required value',
  },
  {
    name: 'prot of a port',
    object: withPort({ protocol: 'UDP', prot: 53 }),
    message: 'write port; for all ports of a protocol write port: 1 and endPort: 65535',
  },
  {
    name: 'verb of a role',
    object: withPolicyRule({ verbs: undefined, verb: ['get'] }),
    message: 'spec.rbac.roles[0].rules[0].verbs: Required value',
  },
  {
    name: 'default_deny beside nothing else',
    object: withNetwork({ defaultDeny: undefined, default_deny: ['Ingress'] }),
    message: 'spec.network.defaultDeny: Required value',
  },
];
