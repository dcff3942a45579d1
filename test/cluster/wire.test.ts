import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { useWorld } from '../support/world.ts';
import { member, untilReady } from './support/look.ts';
import { policies } from './support/paths.ts';
import { declare } from './support/spec.ts';

const NAME = 'wired';
const namespaceNamed = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const web = { matchLabels: { app: 'web' } };
const notBatch = { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['batch', 'cron'] }] };
const labelled = { matchExpressions: [{ key: 'team', operator: 'Exists' }] };
const all = { matchLabels: {} };

interface Rule {
  readonly title: string;
  /** As the baseline says it. */
  readonly rule: Readonly<Record<string, unknown>>;
  /** As the API server must hold it. */
  readonly spec: Readonly<Record<string, unknown>>;
}

const RULES: readonly Rule[] = [
  {
    title: 'the peers of ingress, with both selectors in one peer and in two',
    rule: {
      podSelector: web,
      ingress: [
        {
          from: [
            { namespaceSelector: namespaceNamed('ingress-nginx'), podSelector: notBatch },
            { podSelector: web },
            { namespaceSelector: labelled },
          ],
          ports: [{ port: 8080 }],
        },
      ],
    },
    spec: {
      podSelector: web,
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { namespaceSelector: namespaceNamed('ingress-nginx'), podSelector: notBatch },
            { podSelector: web },
            { namespaceSelector: labelled },
          ],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    },
  },
  {
    title: 'the peers of egress',
    rule: {
      podSelector: all,
      egress: [
        {
          to: [{ namespaceSelector: namespaceNamed('db') }, { podSelector: all }],
          ports: [{ protocol: 'UDP', port: 1 }],
        },
      ],
    },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ namespaceSelector: namespaceNamed('db') }, { podSelector: {} }],
          ports: [{ protocol: 'UDP', port: 1 }],
        },
      ],
    },
  },
  {
    title: 'numbers, names and ranges of ports, and every protocol',
    rule: {
      podSelector: all,
      ingress: [
        {
          from: [{ podSelector: all }],
          ports: [
            { port: 443 },
            { port: 'http-metrics' },
            { protocol: 'UDP', port: 30000, endPort: 32767 },
            { protocol: 'SCTP', port: 9899 },
          ],
        },
      ],
    },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: {} }],
          ports: [
            { protocol: 'TCP', port: 443 },
            { protocol: 'TCP', port: 'http-metrics' },
            { protocol: 'UDP', port: 30000, endPort: 32767 },
            { protocol: 'SCTP', port: 9899 },
          ],
        },
      ],
    },
  },
  {
    title: 'blocks with their exceptions, IPv4 and IPv6',
    rule: {
      podSelector: all,
      egress: [
        {
          to: [
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.3.0/24'] } },
            { ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } },
            { ipBlock: { cidr: '192.0.2.7/32' } },
          ],
          ports: [],
        },
      ],
    },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.3.0/24'] } },
            { ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } },
            { ipBlock: { cidr: '192.0.2.7/32' } },
          ],
        },
      ],
    },
  },
  {
    title: 'everybody, where the baseline writes an empty list of peers',
    rule: { podSelector: web, ingress: [{ from: [], ports: [{ port: 443 }] }] },
    spec: { podSelector: web, policyTypes: ['Ingress'], ingress: [{ ports: [{ protocol: 'TCP', port: 443 }] }] },
  },
  {
    title: 'both directions of one rule',
    rule: {
      podSelector: web,
      ingress: [{ from: [{ podSelector: web }], ports: [] }],
      egress: [{ to: [{ podSelector: web }], ports: [] }],
    },
    spec: {
      podSelector: web,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: web }] }],
      egress: [{ to: [{ podSelector: web }] }],
    },
  },
];

/** The client library's own calls drop `ingress[].from` and so allow everybody (DESIGN §4, Client). */
describe('What reaches the API server of an allow rule', function () {
  this.timeout(60_000);
  const world = useWorld();

  before(async () => {
    const rules = RULES.map(({ rule }, index) => ({ name: `r${index}`, ...rule }));
    await declare(world(), NAME, { network: { defaultDeny: ['Ingress', 'Egress'], allow: { rules } } });
    await member(world(), NAME, NAME);
    await untilReady(world(), NAME, 1);
  });

  for (const [index, { title, spec }] of RULES.entries()) {
    it(`is ${title}`, async () => {
      const path = policies(NAME, `drawbridge-rule-r${index}`);
      expect((await world().admin.get(path)).spec).to.deep.equal(spec);
    });

    it(`is put right when somebody takes it away: ${title}`, async () => {
      const path = policies(NAME, `drawbridge-rule-r${index}`);
      const direction = 'ingress' in spec ? 'ingress' : 'egress';
      await world().admin.patch(path, { spec: { [direction]: [{}] } });
      await eventually(async () => expect((await world().admin.get(path)).spec).to.deep.equal(spec));
    });
  }

  it('THREATS 7: without its last peer is no rule, and the policy still denies', async () => {
    await declare(world(), 'carved', {
      network: {
        defaultDeny: ['Egress'],
        blockedCidrs: ['169.254.0.0/16'],
        allow: {
          rules: [
            {
              name: 'metadata',
              podSelector: all,
              egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [{ port: 80 }] }],
            },
            { name: 'anywhere', podSelector: web, egress: [{ to: [], ports: [{ port: 443 }] }] },
          ],
        },
      },
    });
    await member(world(), 'carved', 'carved');
    await untilReady(world(), 'carved', 1);
    const specOf = async (name: string) => (await world().admin.get(policies('carved', name))).spec;
    expect(await specOf('drawbridge-rule-metadata')).to.deep.equal({ podSelector: {}, policyTypes: ['Egress'] });
    expect((await specOf('drawbridge-rule-anywhere')).egress).to.deep.equal([
      {
        to: [
          { namespaceSelector: {} },
          { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
          { ipBlock: { cidr: '::/0' } },
        ],
        ports: [{ protocol: 'TCP', port: 443 }],
      },
    ]);
  });
});
