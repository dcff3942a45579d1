import fc from 'fast-check';
import type {
  ApiServerFact,
  Callback,
  CallbacksFact,
  ClusterRoleRights,
  DnsFact,
  Fact,
  Facts,
} from '../../../src/core/facts/facts.ts';
import type { PolicyRule } from '../../../src/k8s/policyRule.ts';
import { labels } from './labels.ts';

const ADDRESSES = ['10.96.0.1', '10.96.0.10', '169.254.20.10', '192.0.2.10', '2001:db8::1', 'fd00::a'];
const addresses = fc.subarray(ADDRESSES);

/** One set of ports for all addresses, or two. */
const apiServer: fc.Arbitrary<ApiServerFact> = fc
  .tuple(fc.subarray(ADDRESSES, { minLength: 1 }), fc.subarray([443, 6443], { minLength: 1 }), fc.nat({ max: 5 }))
  .map(([all, ports, others]) => ({
    destinations: [
      { addresses: all.slice(others), ports },
      { addresses: all.slice(0, others), ports: [8443] },
    ].filter(({ addresses }) => addresses.length > 0),
  }));

const service: fc.Arbitrary<DnsFact['services'][number]> = fc.record(
  {
    namespace: fc.constantFrom('kube-system', 'openshift-dns'),
    name: fc.constantFrom('kube-dns', 'dns-default'),
    podSelector: fc.record({ matchLabels: labels.filter((all) => Object.keys(all).length > 0) }),
  },
  { requiredKeys: ['namespace', 'name'] },
);
const dns: fc.Arbitrary<DnsFact> = fc.record({
  services: fc.uniqueArray(service, { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 2 }),
  addresses,
  ports: fc.subarray<DnsFact['ports'][number]>([
    { protocol: 'TCP', port: 53 },
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 5353 },
    { protocol: 'UDP', port: 8053 },
  ]),
});

const grantable: fc.Arbitrary<readonly PolicyRule[]> = fc.array(
  fc.record(
    {
      apiGroups: fc.subarray(['', 'apps', 'networking.k8s.io', '*'], { minLength: 1 }),
      resources: fc.subarray(['pods', 'pods/log', 'deployments', 'namespaces', '*'], { minLength: 1 }),
      verbs: fc.subarray(['get', 'list', 'watch', 'create', 'delete', '*'], { minLength: 1 }),
      resourceNames: fc.subarray(['a', 'b']),
    },
    { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
  ),
  { maxLength: 4 },
);

const ids = fc.subarray(['everything', 'exec', 'secrets-read', 'wildcards']);
const clusterRoles: fc.Arbitrary<Readonly<Record<string, ClusterRoleRights>>> = fc.dictionary(
  fc.constantFrom('admin', 'view', 'cluster-admin'),
  fc.record({ inNamespace: ids, inCluster: ids }),
);

const callback: fc.Arbitrary<Callback> = fc.record({
  service: fc.constantFrom('webhooks', 'metrics'),
  port: fc.constantFrom(443, 8443),
  callers: fc.constant(['ValidatingWebhookConfiguration policies']),
  failsClosed: fc.boolean(),
});

const callbacksOf = (...namespaces: readonly string[]): fc.Arbitrary<CallbacksFact> =>
  fc.dictionary(
    fc.constantFrom(...namespaces),
    fc.uniqueArray(callback, { selector: ({ service, port }) => `${service}/${port}`, minLength: 1, maxLength: 2 }),
  );

export const UNKNOWN = { known: false, why: 'nobody said' } as const;

/** Known, known from before, or not known. */
const fact = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ known: fc.constant(true as const), value }) },
    { weight: 1, arbitrary: fc.record({ known: fc.constant(true as const), value, stale: fc.constant('it is gone') }) },
    { weight: 1, arbitrary: fc.constant(UNKNOWN) },
  );

/** What is known of a cluster that calls nothing in the namespace payments. */
export const facts: fc.Arbitrary<Facts> = fc.record({
  apiServer: fact(apiServer),
  dns: fact(dns),
  grantable: fact(grantable),
  clusterRoles: fact(clusterRoles),
  callbacks: fc.record({ known: fc.constant(true as const), value: callbacksOf('elsewhere') }),
  otherPolicyApis: fact(fc.subarray(['cilium.io', 'projectcalico.org'])),
  serverMinor: fact(fc.constantFrom(31, 34, 36)),
});

/** The same, and it may call something there, or nobody knows. */
export const servingFacts: fc.Arbitrary<Facts> = fc
  .tuple(facts, fact(callbacksOf('payments', 'elsewhere')))
  .map(([all, callbacks]) => ({ ...all, callbacks }));

/** A cluster of which everything is known, so that nothing has to be left as it is. */
export const knownFacts: fc.Arbitrary<Facts> = facts.filter((all) => Object.values(all).every(({ known }) => known));
