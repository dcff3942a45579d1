import type { NetworkSpec } from '../../../src/api/types.ts';
import { policy } from '../fixtures.ts';
import { ON_HOST, pod } from '../network/podFixtures.ts';
import type { Mutation, Row } from './changes.ts';
import { after, all, edit, editMeta, minus, plus, redeclare, serve } from './changes.ts';

const POLICY = 'NetworkPolicy';
const DENY = 'drawbridge-default-deny';
const PADDING = { annotations: { padding: 'x'.repeat(300_000) } };

const allow = (more: NonNullable<NetworkSpec['allow']>): Mutation =>
  redeclare(({ network }) =>
    network === undefined ? {} : { network: { ...network, allow: { ...network.allow, ...more } } },
  );
const rules = (...more: NonNullable<NonNullable<NetworkSpec['allow']>['rules']>): Mutation => allow({ rules: more });
const WEB = { matchLabels: { app: 'web' } };
const reaching = (name: string, cidr: string, except?: readonly string[]): Mutation =>
  plus(
    policy(name, {
      podSelector: WEB,
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }] }],
    }),
  );
const letting = (name: string, ...from: readonly object[]): Mutation =>
  plus(policy(name, { podSelector: WEB, policyTypes: ['Ingress'], ingress: [{ from }] }));

const DENIED: readonly Row[] = [
  ['the deny is deleted', 'SB-NET-001 Missing', minus(POLICY, DENY)],
  ['the deny is opened', 'SB-NET-001 Modified', edit(POLICY, DENY, { spec: { ingress: [{}] } })],
  ['the deny selects fewer pods', 'SB-NET-001 Modified', edit(POLICY, DENY, { spec: { podSelector: WEB } })],
  ['the deny loses a direction', 'SB-NET-001 Modified', edit(POLICY, DENY, { spec: { policyTypes: ['Ingress'] } })],
  ['the deny is stripped of its labels', 'SB-NET-001 Modified', editMeta(POLICY, DENY, { labels: {} })],
  [
    'the deny is being deleted, held up by a finalizer',
    'SB-NET-001 Terminating',
    editMeta(POLICY, DENY, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['theirs/x'] }),
  ],
  ['a way out is deleted', 'SB-NET-001 Missing', minus(POLICY, 'drawbridge-allow-dns')],
  [
    'a rule is widened',
    'SB-NET-001 Modified',
    edit(POLICY, 'drawbridge-rule-from-ingress', { spec: { ingress: [{}] } }),
  ],
  [
    'a policy of ours is left over',
    'SB-NET-001 NotDeclared',
    plus(
      policy(
        'drawbridge-old',
        { podSelector: {}, policyTypes: ['Ingress'] },
        { labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } },
      ),
    ),
  ],
  ['the Service of a webhook is gone', 'SB-NET-001 CallbackNotAllowed', minus('Service', 'hooks')],
  [
    'where the API server calls from is guessed',
    'SB-NET-001 CallbackSourceUnproved',
    allow({ apiServerCallbacks: {} }),
  ],
  [
    'the namespace was never closed, and a webhook cannot be let in',
    ['SB-NET-001 PreflightHeld', 'SB-NET-004 PodNotIsolated'],
    (world) => allow({ rules: [], apiServerCallbacks: {} })({ ...world, held: [] }),
  ],
  [
    'the API server calls another Service, which is not there',
    ['SB-NET-001 CallbackNotAllowed', 'SB-NET-001 NotDeclared'],
    edit('ValidatingWebhookConfiguration', 'policies', {
      webhooks: [{ failurePolicy: 'Fail', clientConfig: { service: { namespace: 'payments', name: 'nobody' } } }],
    }),
  ],
];

const NEEDED: readonly Row[] = [
  ['the DNS is gone before it was known', 'SB-NET-002 DnsUnknown', minus('Service', 'kube-dns')],
  ['the DNS is gone', 'SB-NET-002 DnsFactStale', after(minus('Service', 'kube-dns'))],
  ['the API server is gone before it was known', 'SB-NET-002 ApiServerUnknown', minus('EndpointSlice', 'kubernetes')],
  ['the API server is gone', 'SB-NET-002 ApiServerFactStale', after(minus('EndpointSlice', 'kubernetes'))],
  [
    'a rule is larger than what is compared',
    'SB-NET-002 ObjectTooLarge',
    rules({
      name: 'large',
      podSelector: WEB,
      ingress: Array.from({ length: 1_000 }, (_, i) => ({
        from: [{ podSelector: { matchLabels: { app: `caller-${i}` } } }],
        ports: [{ port: 8080 }],
      })),
    }),
  ],
  ['nobody thought of DNS', 'SB-NET-002 EgressWithoutDns', redeclare(() => ({ network: { defaultDeny: ['Egress'] } }))],
];

const OF_OTHERS: readonly Row[] = [
  ['a policy opens to all', 'SB-NET-004 ForeignPolicyOpensNamespace', letting('open')],
  [
    'a policy lets in all namespaces',
    'SB-NET-004 ForeignPolicyOpensNamespace',
    letting('n', { namespaceSelector: {} }),
  ],
  [
    'two policies open a half each',
    'SB-NET-004 ForeignPolicyOpensNamespace',
    all(letting('a', { ipBlock: { cidr: '0.0.0.0/1' } }), letting('b', { ipBlock: { cidr: '128.0.0.0/1' } })),
  ],
  [
    'a policy is too large to judge',
    'SB-NET-004 TooLargeToJudge',
    plus(policy('large', { podSelector: WEB, policyTypes: ['Ingress'] }, PADDING)),
  ],
  ['another API has policies', 'SB-NET-004 OtherPolicyApi', serve('cilium.io')],
  [
    'a policy has our prefix',
    'SB-NET-004 ReservedNameInUse',
    plus(policy('drawbridge-mine', { podSelector: WEB, policyTypes: ['Ingress'] })),
  ],
  [
    'a rule of the baseline opens pods to everybody',
    'SB-NET-004 RuleOpensToEverybody',
    rules({ name: 'open', podSelector: WEB, ingress: [{ from: [], ports: [{ port: 8080 }] }] }),
  ],
  [
    'a trial is made in a namespace that has nothing of it',
    ['SB-NET-001 Missing', 'SB-NET-004 PodNotIsolated'],
    (world) => {
      const trial = redeclare(({ network }) =>
        network === undefined ? {} : { network: { ...network, enforcement: 'Audit' } },
      )(world);
      return { ...trial, objects: trial.objects.filter(({ kind }) => kind !== POLICY) };
    },
  ],
];

const BLOCKED: readonly Row[] = [
  [
    'a policy reaches a blocked address',
    'SB-NET-006 ForeignPolicyReachesBlockedCidr',
    reaching('metadata', '169.254.169.254/32'),
  ],
  ['by a block around it', 'SB-NET-006 ForeignPolicyReachesBlockedCidr', reaching('link-local', '169.254.0.0/16')],
  [
    'by a block around it, with the wrong exception',
    'SB-NET-006 ForeignPolicyReachesBlockedCidr',
    reaching('quarter', '128.0.0.0/2', ['169.254.169.253/32']),
  ],
  [
    'a rule of the baseline names it',
    'SB-NET-006 BlockedPeerLeftOut',
    rules({
      name: 'metadata',
      podSelector: WEB,
      egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [] }],
    }),
  ],
];

const BINDING: readonly Row[] = [
  [
    'a policy selects no pod',
    'SB-NET-007 PolicyBindsNothing',
    plus(policy('nobody', { podSelector: { matchLabels: { app: 'gone' } }, policyTypes: ['Ingress'] })),
  ],
  [
    'a policy selects no pod by an expression',
    'SB-NET-007 PolicyBindsNothing',
    plus(
      policy('nobody', {
        podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
        policyTypes: ['Egress'],
      }),
    ),
  ],
  [
    'the pods of a policy are gone',
    'SB-NET-007 PolicyBindsNothing',
    all(minus('Pod', 'web-1'), minus('Deployment', 'web')),
  ],
  [
    'a pod is on the network of its node',
    ['SB-NET-007 PodOnHostNetwork', 'SB-PSA-004 BreaksPodSecurity'],
    plus(pod('agent', { app: 'agent' }, ON_HOST)),
  ],
];

export const NETWORK_ROWS: readonly Row[] = [...DENIED, ...NEEDED, ...OF_OTHERS, ...BLOCKED, ...BINDING];
