import { policy } from '../fixtures.ts';
import type { Row } from './changes.ts';
import { after, edit, editMeta, minus, plus, redeclare } from './changes.ts';
import { allow, rules, WEB } from './networkChanges.ts';
import { settled } from './world.ts';

const POLICY = 'NetworkPolicy';
const DENY = 'drawbridge-default-deny';

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
  [
    'what the API server calls cannot be found out',
    'SB-NET-001 CallbacksUnknown',
    (world) => ({ ...world, facts: { callbacks: { known: false, why: 'the watch is refused' } } }),
  ],
  [
    'the namespace was never closed, and what runs in it is not known',
    'SB-NET-001 PodsUnknown',
    (world) => settled({ ...world, held: [], unlisted: ['Pod'] }),
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

export const NETWORK_ROWS: readonly Row[] = [...DENIED, ...NEEDED];
