import fc from 'fast-check';
import type { Labels } from '../../../src/k8s/object.ts';
import type { Ip } from './ip.ts';
import { bordersOf, ipOf, rangeOf } from './ip.ts';
import type { Connection, Pod, PolicySpec } from './traffic.ts';

const pod = (namespace: string, namespaceLabels: Labels, labels: Labels, ip: string): Pod => ({
  namespace,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels },
  labels,
  ip: ipOf(ip),
  ports: NAMED_PORTS,
});

/** What pods call their ports; they have none called `a`. */
const NAMED_PORTS: Readonly<Record<string, number>> = { http: 8080, 'dns-tcp': 53 };
/** Of a port that rules seldom name. */
const UNNAMED = { protocol: 'UDP', port: 4500 };

/** Pods of the governed namespace, with labels that the arbitraries know. */
const podsHere = (namespace: string, labels: Labels): readonly Pod[] => [
  pod(namespace, labels, {}, '10.244.0.2'),
  pod(namespace, labels, { app: 'web', team: '' }, '10.244.0.3'),
  pod(namespace, labels, { app: 'db', constructor: 'a', verbs: 'web' }, 'fd00:1::4'),
];

const PODS_ELSEWHERE: readonly Pod[] = [
  pod('kube-system', {}, { app: 'web' }, '10.244.1.2'),
  pod('openshift-dns', { team: 'a' }, { team: 'db', 'example.com/tier': 'a' }, '10.244.1.3'),
  pod('shop', { app: 'web', constructor: 'a' }, {}, 'fd00:1::5'),
];

const ELSEWHERE: readonly Ip[] = ['8.8.8.8', '169.254.169.254', '10.96.0.1', '2001:db8:ffff::1'].map(ipOf);

/** Every block that some policies name, in `cidr` and in `except`. */
export const blocksIn = (policies: readonly PolicySpec[]): readonly string[] => [
  ...new Set(
    policies
      .flatMap((spec) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      .flatMap((rule: PolicySpec) => rule.from ?? rule.to ?? [])
      .flatMap(({ ipBlock }: PolicySpec) => (ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])])),
  ),
];

interface End {
  readonly protocol: string;
  readonly port: number;
}

const portOf = (port: unknown): number => (typeof port === 'string' ? (NAMED_PORTS[port] ?? 1) : (port as number));

/** The ports that rules name, the last of each range, and the one behind it. */
const endsIn = (policies: readonly PolicySpec[]): readonly End[] =>
  policies
    .flatMap((spec) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap((rule: PolicySpec) => rule.ports ?? [])
    .flatMap(({ protocol = 'TCP', port, endPort = portOf(port) }: PolicySpec) =>
      [portOf(port), endPort, endPort + 1].filter((p) => p < 65536).map((p) => ({ protocol, port: p })),
    );

/** Connections at the borders of what policies name, and some that nobody named. */
export interface Sample {
  readonly namespace: string;
  readonly labels: Labels;
  /** Policies whose blocks and ports are looked at. */
  readonly policies: readonly PolicySpec[];
  /** Blocks that are looked at beside. */
  readonly cidrs?: readonly string[];
  /** So many ports are tried, and which. */
  readonly picks: readonly number[];
}

export function connectionsOf({ namespace, labels, policies, cidrs = [], picks }: Sample): readonly Connection[] {
  const pods = podsHere(namespace, labels);
  const blocks = [...new Set([...blocksIn(policies), ...cidrs])].map(rangeOf);
  const ips = new Map([...ELSEWHERE, ...blocks.flatMap(bordersOf)].map((ip) => [`${ip.family} ${ip.value}`, ip]));
  const peers = [...pods, ...PODS_ELSEWHERE, ...[...ips.values()].map((ip) => ({ ip }))];
  const ends = [...new Map([UNNAMED, ...endsIn(policies)].map((end) => [`${end.protocol} ${end.port}`, end])).values()];
  const tried = [...new Set(picks.map((pick) => pick % ends.length))].flatMap((index) => ends[index] ?? []);
  return (['Ingress', 'Egress'] as const).flatMap((direction) =>
    pods.flatMap((from) =>
      peers.flatMap((peer) => tried.map((end) => ({ direction, pod: from, peer, ...end }) satisfies Connection)),
    ),
  );
}

/** Which ports a sample tries: enough for a run, and others in the next. */
export const picks: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(999), { minLength: 3, maxLength: 3 });

/** For messages: `Egress payments{"app":"web"} → 4/3232235777 TCP 53`. */
export const shown = ({ direction, pod: from, peer, protocol, port }: Connection): string => {
  const name = (end: Connection['peer']): string =>
    end.namespace !== undefined ? `${end.namespace}${JSON.stringify(end.labels)}` : `${end.ip.family}/${end.ip.value}`;
  return `${direction} ${name(from)} with ${name(peer)} ${protocol} ${port}`;
};
