import fc from 'fast-check';
import type { AllowRule, NetworkSpec, PeerSpec, PortSpec } from '../../../src/api/types.ts';
import { blockedCidr, cidr, ipBlock } from './cidr.ts';
import { selector } from './labels.ts';
import { dnsLabel } from './name.ts';

type Direction = NetworkSpec['defaultDeny'][number];
type Allow = NonNullable<NetworkSpec['allow']>;

export const port: fc.Arbitrary<PortSpec> = fc
  .record(
    {
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
      port: fc.constantFrom<number | string>(1, 53, 80, 443, 8080, 65535, 'http', 'dns-tcp', 'a'),
      more: fc.constantFrom(0, 1, 70_000),
    },
    { requiredKeys: ['port'] },
  )
  .map(({ more, ...single }) =>
    more === undefined || typeof single.port === 'string'
      ? single
      : { ...single, endPort: Math.min(65535, single.port + more) },
  );
const ports = fc.array(port, { maxLength: 2 });

export const peer: fc.Arbitrary<PeerSpec> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ ipBlock }) },
  { weight: 1, arbitrary: fc.record({ podSelector: selector }) },
  { weight: 1, arbitrary: fc.record({ namespaceSelector: selector }) },
  { weight: 1, arbitrary: fc.record({ namespaceSelector: selector, podSelector: selector }) },
);
const peers = fc.array(peer, { maxLength: 3 });

/** A rule that the schema takes beside these denials: entries only for what is denied, and at least one. */
const ruleFor = (denied: readonly Direction[]): fc.Arbitrary<AllowRule> =>
  fc
    .record(
      {
        name: dnsLabel,
        podSelector: selector,
        ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
        egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
      },
      { requiredKeys: ['name', 'podSelector'] },
    )
    .map(({ ingress, egress, ...rule }) => ({
      ...rule,
      ...(ingress === undefined ? {} : { ingress: denied.includes('Ingress') ? ingress : [] }),
      ...(egress === undefined ? {} : { egress: denied.includes('Egress') ? egress : [] }),
    }))
    .map((rule) => {
      if ((rule.ingress ?? []).length + (rule.egress ?? []).length > 0) return rule;
      return denied.includes('Ingress')
        ? { ...rule, ingress: [{ from: [], ports: [] }] }
        : { ...rule, egress: [{ to: [], ports: [] }] };
    });

const dns = fc.record(
  {
    to: fc.array(peer, { minLength: 1, maxLength: 2 }),
    ports: fc.array(port, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const apiServer = fc.record(
  {
    cidrs: fc.array(cidr, { minLength: 1, maxLength: 2 }),
    ports: fc.array(fc.constantFrom(443, 6443), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const allowFor = (denied: readonly Direction[]): fc.Arbitrary<Allow> =>
  fc
    .record(
      {
        dns,
        apiServer,
        apiServerCallbacks: fc.record({ cidrs: fc.array(cidr, { minLength: 1, maxLength: 2 }) }, { requiredKeys: [] }),
        sameNamespace: fc.shuffledSubarray([...denied], { minLength: 1 }),
        rules: fc.uniqueArray(ruleFor(denied), { selector: ({ name }) => name, maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    .map(({ dns: toDns, apiServer: toApiServer, apiServerCallbacks, ...allow }) => ({
      ...allow,
      ...(apiServerCallbacks === undefined || !denied.includes('Ingress') ? {} : { apiServerCallbacks }),
      ...(toDns === undefined || !denied.includes('Egress') ? {} : { dns: toDns }),
      ...(toApiServer === undefined || !denied.includes('Egress') ? {} : { apiServer: toApiServer }),
    }));

/** A network section that the CRD accepts (test/cluster/echo.test.ts has the API server say so). */
export const networkSpec: fc.Arbitrary<NetworkSpec> = fc
  .shuffledSubarray<Direction>(['Ingress', 'Egress'], { minLength: 1 })
  .chain((defaultDeny) =>
    fc.record(
      {
        defaultDeny: fc.constant(defaultDeny),
        allow: allowFor(defaultDeny),
        blockedCidrs: defaultDeny.includes('Egress') ? fc.array(blockedCidr, { maxLength: 3 }) : fc.constant([]),
        preflight: fc.constantFrom('Hold' as const, 'Ignore' as const),
        foreignPolicies: fc.constantFrom('Report' as const, 'Remove' as const),
      },
      { requiredKeys: ['defaultDeny'] },
    ),
  );

/** One that the CRD refuses, as a file may hold it: what it allows may be of a direction that it does not deny. */
export const looseNetworkSpec: fc.Arbitrary<NetworkSpec> = fc
  .tuple(networkSpec, fc.constantFrom<Direction>('Ingress', 'Egress'))
  .map(([spec, only]) => ({ ...spec, defaultDeny: [only] }));
