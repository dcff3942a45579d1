import { policy } from '../fixtures.ts';
import { ON_HOST, pod } from '../network/podFixtures.ts';
import type { Mutation, Row } from './changes.ts';
import { all, minus, plus, redeclare, serve } from './changes.ts';
import { rules, WEB } from './networkChanges.ts';

const POLICY = 'NetworkPolicy';
const PADDING = { annotations: { padding: 'x'.repeat(300_000) } };

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
    'pods run on, eleven minutes after the namespace was deleted',
    'SB-NET-007 PodsOutliveNamespace',
    (world) => ({ ...world, deletedMinutesAgo: 11 }),
  ],
  ['pods have nine minutes to go', [], (world) => ({ ...world, deletedMinutesAgo: 9 })],
  [
    'a pod is on the network of its node',
    ['SB-NET-007 PodOnHostNetwork', 'SB-PSA-004 BreaksPodSecurity'],
    plus(pod('agent', { app: 'agent' }, ON_HOST)),
  ],
];

export const POLICY_ROWS: readonly Row[] = [...OF_OTHERS, ...BLOCKED, ...BINDING];
