import { withAllow, withCidr, withNetwork, withPort } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const NO_CIDR =
  'not a CIDR block: write an address and a prefix length, such as 10.0.0.0/8; a single address ends in /32 or /128';

/** Wrong CIDRs and ports. */
export const REFUSED_ADDRESSES: readonly Refusal[] = [
  { name: 'an address without a prefix length', object: withCidr('10.0.0.1'), message: NO_CIDR },
  { name: 'an address that is none', object: withCidr('10.0.0.256/32'), message: NO_CIDR },
  {
    name: 'bits after the prefix length',
    object: withCidr('10.1.2.3/8'),
    message: 'ipBlock.cidr: Invalid value: write 10.0.0.0/8 instead of 10.1.2.3/8',
  },
  {
    name: 'another form of a block',
    object: withCidr('2001:DB8:0::/32'),
    message: 'write 2001:db8::/32 instead of 2001:DB8:0::/32',
  },
  {
    name: 'bits after the prefix length in blockedCidrs',
    object: withNetwork({ blockedCidrs: ['169.254.169.254/16'] }),
    message: 'spec.network.blockedCidrs[0]: Invalid value: write 169.254.0.0/16 instead of 169.254.169.254/16',
  },
  {
    name: 'an API server that is no block',
    object: withAllow({ apiServer: { cidrs: ['kubernetes.default'] } }),
    message: NO_CIDR,
  },
  {
    name: 'an except outside',
    object: withCidr('10.0.0.0/8', ['192.168.0.0/16']),
    message: 'each except lies inside cidr: correct the block, or write a peer of its own for it',
  },
  {
    name: 'an except of another family',
    object: withCidr('0.0.0.0/0', ['2001:db8::/32']),
    message: 'each except lies inside cidr: correct the block, or write a peer of its own for it',
  },
  {
    name: 'an except of everything',
    object: withCidr('10.0.0.0/8', ['10.0.0.0/8']),
    message: 'except takes out all of cidr: remove the peer, or write a smaller block',
  },
  { name: 'an except that is no block', object: withCidr('10.0.0.0/8', ['10.1.2.3']), message: NO_CIDR },
  {
    name: 'a port without port',
    object: withPort({ protocol: 'TCP' }),
    message: 'write port; for all ports of a protocol write port: 1 and endPort: 65535, for all ports write ports: []',
  },
  {
    name: 'a port number in quotes',
    object: withPort({ port: '8080' }),
    message: 'write port as a number without quotes, or as the name of a container port',
  },
  {
    name: 'a port name that is none',
    object: withPort({ port: 'Http' }),
    message: 'write port as a number without quotes, or as the name of a container port',
  },
  {
    name: 'a port name of 16 characters',
    object: withPort({ port: 'metrics-endpoint' }),
    message: 'Too long: may not be more than 15',
  },
  {
    name: 'a port name with a letter that it cannot have',
    object: withPort({ port: 'http_alt' }),
    message: "port in body should match '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'",
  },
  { name: 'port 0', object: withPort({ port: 0 }), message: 'port in body should be greater than or equal to 1' },
  {
    name: 'port 65536',
    object: withPort({ port: 65536 }),
    message: 'port in body should be less than or equal to 65535',
  },
  {
    name: 'a range that ends before it starts',
    object: withPort({ port: 90, endPort: 80 }),
    message: 'endPort ends a range: write port as a number that is not larger than endPort',
  },
  {
    name: 'a range that starts at a name',
    object: withPort({ port: 'http', endPort: 90 }),
    message: 'endPort ends a range: write port as a number that is not larger than endPort',
  },
  {
    name: 'a protocol that is none',
    object: withPort({ protocol: 'tcp', port: 80 }),
    message: 'Unsupported value: "tcp": supported values: "TCP", "UDP", "SCTP"',
  },
];
