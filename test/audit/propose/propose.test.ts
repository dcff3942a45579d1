import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { objectsToApprove, proposedObjects } from '../../../src/audit/propose/objects.ts';
import type { Proposal } from '../../../src/audit/propose/proposal.ts';
import { propose } from '../../../src/audit/propose/propose.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { anyEvents } from '../usage/arbitraryEvents.ts';
import { event, target, times } from '../usage/events.ts';
import { checksOf } from './asked.ts';
import type { Asked } from './authorizer.ts';
import { describeAsked, isAllowed } from './authorizer.ts';
import { reductions } from './pieces.ts';

function proposed(events: readonly AuditEvent[], subject = 'bob'): Proposal {
  const proposal = propose(usageOf(events), subject);
  if (proposal === undefined) throw new Error(`nothing of ${subject}`);
  return proposal;
}

const use = (verb: string, resource: string, name: string, namespace = 'shop', group = ''): AuditEvent => {
  const [kind = '', subresource = ''] = resource.split('/');
  return event({ verb, code: 200, target: target({ group, resource: kind, subresource, namespace, name }) });
};

const NAMESPACES = ['', 'shop', 'payments', 'kube-system'];
/** What must never be in a role by observation alone. */
const RISKY: readonly Asked[] = NAMESPACES.flatMap((namespace) => [
  { verb: 'get', group: '', resource: 'secrets', namespace, name: 'a' },
  { verb: 'list', group: '', resource: 'secrets', namespace },
  { verb: 'create', group: '', resource: 'pods', namespace },
  { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name: 'a' },
  { verb: 'get', group: '', resource: 'pods/exec', namespace, name: 'a' },
  { verb: 'create', group: '', resource: 'pods/exec', namespace, name: 'a' },
  { verb: 'impersonate', group: '', resource: 'users', namespace, name: 'carol' },
  { verb: 'update', group: '', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
  { verb: 'patch', group: '', resource: 'nodes', namespace, name: 'a' },
]);

const DISCOVERY =
  'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"';

describe('propose', () => {
  it('joins verbs and resources only where all pairs of them were used', () => {
    const events = [
      use('list', 'pods', ''),
      use('watch', 'pods', ''),
      use('list', 'configmaps', ''),
      use('watch', 'configmaps', ''),
    ];
    expect(proposed(events).roles).to.deep.equal([
      { namespace: 'shop', rules: [{ apiGroups: [''], resources: ['configmaps', 'pods'], verbs: ['list', 'watch'] }] },
    ]);
    expect(proposed(events.slice(0, 3)).roles).to.deep.equal([
      {
        namespace: 'shop',
        rules: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
          { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
        ],
      },
    ]);
  });

  it('adds no verb: a list stays a list, an update an update', () => {
    expect(
      proposed([use('list', 'pods', ''), use('update', 'configmaps', '')]).roles[0]?.rules.flatMap(
        ({ verbs }) => verbs,
      ),
    ).to.deep.equal(['update', 'list']);
  });

  it('grants in a namespace what was used there, however many namespaces there are', () => {
    const namespaces = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const { roles } = proposed(namespaces.map((namespace) => use('list', 'pods', '', namespace)));
    expect(roles.map(({ namespace }) => namespace)).to.deep.equal(namespaces);
  });

  it('grants for the cluster only what was asked for across it, and then not in namespaces again', () => {
    const { roles } = proposed([
      use('list', 'pods', '', ''),
      use('list', 'pods', '', 'shop'),
      use('get', 'pods', '', 'shop'),
    ]);
    expect(roles).to.deep.equal([
      { namespace: '', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] },
      { namespace: 'shop', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    ]);
  });

  it('names the objects where they were few and stayed the same', () => {
    const events = [...times(3, use('update', 'configmaps', 'a')), ...times(3, use('update', 'configmaps', 'b'))];
    expect(proposed(events).roles[0]?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['update'] },
    ]);
  });

  for (const [what, events] of [
    [
      'the last use was of a new one',
      [...times(3, use('update', 'configmaps', 'a')), use('update', 'configmaps', 'b')],
    ],
    ['there are many', [...'abcdefg'].flatMap((name) => times(9, use('update', 'configmaps', name)))],
    ['it was used once without a name', [...times(9, use('list', 'configmaps', 'a')), use('list', 'configmaps', '')]],
  ] as const) {
    it(`names none where ${what}`, () => {
      expect(proposed(events).roles[0]?.rules[0]).to.not.have.property('resourceNames');
    });
  }

  it('grants create by name where a server-side apply made the object, and without where a POST did too', () => {
    const apply = { ...use('patch', 'configmaps', 'a'), code: 201 };
    const again = times(2, use('patch', 'configmaps', 'a'));
    expect(proposed([apply, ...again]).roles[0]?.rules).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['create', 'patch'] },
    ]);
    expect(
      proposed([apply, ...again, { ...use('create', 'configmaps', 'z'), code: 201 }]).roles[0]?.rules,
    ).to.deep.equal([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['patch'] },
    ]);
  });

  it('never grants what was denied or refused, and tells both', () => {
    const proposal = proposed([
      event({ verb: 'delete', decision: 'forbid', code: 403 }),
      event({ verb: 'patch', code: 403 }),
      use('list', 'pods', ''),
    ]);
    expect(proposal.roles[0]?.rules).to.deep.equal([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
    expect(proposal.denied.map(({ permission }) => permission.verb)).to.deep.equal(['delete']);
    expect(proposal.refused.map(({ hint }) => hint)).to.deep.equal([
      'create on pods may be missing, if there was no such object yet; or admission or a quota refused it',
    ]);
  });

  it('keeps what leads to more rights apart, with names, and says what it leads to', () => {
    const proposal = proposed([
      use('get', 'secrets', 'db'),
      use('get', 'pods', 'web'),
      use('create', 'pods/exec', 'web'),
    ]);
    expect(proposal.roles.flatMap(({ rules }) => rules.flatMap(({ resources }) => resources))).to.deep.equal(['pods']);
    expect(proposal.needsApproval.map(({ paths, namespace, rules }) => ({ paths, namespace, rules }))).to.deep.equal([
      {
        paths: ['exec'],
        namespace: 'shop',
        rules: [{ apiGroups: [''], resources: ['pods/exec'], resourceNames: ['web'], verbs: ['create'] }],
      },
      {
        paths: ['secrets-read'],
        namespace: 'shop',
        rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }],
      },
    ]);
    expect(proposal.needsApproval[1]?.reasons).to.deep.equal([
      'reads credentials; list and watch show their contents too',
    ]);
  });

  it('names configmaps of kube-system that change rather than let the map of cloud identities in', () => {
    const { roles, needsApproval } = proposed(
      [...'abc'].map((name) => use('update', 'configmaps', name, 'kube-system')),
    );
    expect(needsApproval).to.deep.equal([]);
    expect(roles[0]?.rules[0]?.resourceNames).to.deep.equal(['a', 'b', 'c']);
  });

  it('never proposes a star, which somebody with a broad role may have asked for on purpose', () => {
    const stars = [
      use('get', '*', 'x'),
      use('get', '*/scale', 'x'),
      use('get', 'pods', 'x', 'shop', '*'),
      event({ target: { type: 'path', path: '/api/*' } }),
      event({ verb: '*', target: { type: 'path', path: '/metrics' } }),
    ];
    const proposal = proposed(stars);
    expect(proposal).to.deep.include({ roles: [], needsApproval: [] });
    expect(proposal.notProposed).to.have.length(stars.length);
  });

  it('proposes no role in a namespace that cannot be', () => {
    expect(proposed([use('list', 'pods', '', '*'), use('list', 'pods', '', 'No_Namespace')])).to.deep.include({
      roles: [],
    });
  });

  it('proposes nothing for those who did not authenticate', () => {
    const anonymous = event({ user: { name: 'system:anonymous', groups: [] } });
    expect(proposed([anonymous], 'system:anonymous')).to.deep.include({ roles: [], needsApproval: [] });
  });

  it('leaves out what all users may do by bindings of the server, and not what another binding to all allows', () => {
    const path = (reason: string): AuditEvent => event({ target: { type: 'path', path: '/version' }, reason });
    expect(proposed([path(DISCOVERY)])).to.deep.include({ roles: [] });
    expect(proposed([path(DISCOVERY)]).everyones).to.have.length(1);
    expect(proposed([path(DISCOVERY.replace('system:discovery', 'ours'))]).roles).to.have.length(1);
    expect(proposed([path(DISCOVERY), path('')]).roles, 'once by something else').to.have.length(1);
  });

  it('never proposes to impersonate anybody, only who was impersonated', () => {
    const as = (name: string): AuditEvent => event({ impersonated: { name, groups: ['system:authenticated'] } });
    expect(proposed([as('a'), as('b')]).needsApproval).to.deep.equal([
      {
        namespace: '',
        paths: ['impersonate'],
        reasons: ['acts as somebody else'],
        rules: [{ apiGroups: [''], resources: ['users'], resourceNames: ['a', 'b'], verbs: ['impersonate'] }],
      },
    ]);
    const many = proposed(Array.from({ length: 17 }, (_, index) => as(`user-${index}`)));
    expect(many.needsApproval).to.deep.equal([]);
    expect(many.notProposed.map(({ reason }) => reason)).to.deep.equal(['it is about more names than are kept']);
  });

  it('knows nothing of somebody who did nothing', () => {
    expect(propose(usageOf([event()]), 'carol')).to.equal(undefined);
  });

  describe('for any log', () => {
    const anyCase = fc.tuple(anyEvents, fc.constantFrom('bob', 'carol', 'system:serviceaccount:shop:bot'));
    const setsOf = (proposal: Proposal) => [proposedObjects(proposal), objectsToApprove(proposal)];
    /** Used, and in the proposal on purpose left out. */
    const isLeftOut = (proposal: Proposal, key: string): boolean =>
      [...proposal.everyones, ...proposal.notProposed.map(({ entry }) => entry)].some(
        ({ permission }) => describeAsked(permission) === key,
      );

    it('allows every check that the server made for the subject', () => {
      fc.assert(
        fc.property(anyCase, ([events, subject]) => {
          const proposal = propose(usageOf(events), subject);
          const checks = checksOf(events, subject);
          if (proposal === undefined) expect(checks).to.deep.equal([]);
          for (const asked of checks) {
            if (proposal === undefined || isLeftOut(proposal, describeAsked({ ...asked, name: '' }))) continue;
            expect(isAllowed(setsOf(proposal).flat(), asked), describeAsked(asked)).to.equal(true);
          }
        }),
        { numRuns: 1_000 },
      );
    });

    it('has no rule, verb, resource, name or path without which all of them were still allowed', () => {
      fc.assert(
        fc.property(anyCase, ([events, subject]) => {
          const proposal = propose(usageOf(events), subject);
          const checks = [...checksOf(events, subject), ...impersonated(events, subject)];
          for (const objects of proposal === undefined ? [] : setsOf(proposal)) {
            const allowed = checks.filter((asked) => isAllowed(objects, asked));
            for (const { objects: fewer, without } of reductions(objects)) {
              expect(
                allowed.every((asked) => isAllowed(fewer, asked)),
                `not needed: ${without}`,
              ).to.equal(false);
            }
          }
        }),
        { numRuns: 1_000 },
      );
    });

    it('has no star, and nothing that escalates among the roles', () => {
      fc.assert(
        fc.property(anyCase, ([events, subject]) => {
          const proposal = propose(usageOf(events), subject);
          if (proposal === undefined) return;
          expect(JSON.stringify(setsOf(proposal))).to.not.include('*');
          for (const risky of RISKY)
            expect(isAllowed(proposedObjects(proposal), risky), describeAsked(risky)).to.equal(false);
        }),
        { numRuns: 1_000 },
      );
    });

    it('is the same whoever else is in the log, and in whatever order others came', () => {
      fc.assert(
        fc.property(anyCase, ([events, subject]) => {
          const others = events.map((one) => ({ ...one, user: { name: 'eve', groups: [] }, impersonated: undefined }));
          const { observed: _, ...alone } = propose(usageOf(events), subject) ?? {};
          const { observed: __, ...among } = propose(usageOf([...others, ...events, ...others]), subject) ?? {};
          expect(among).to.deep.equal(alone);
        }),
        { numRuns: 200 },
      );
    });
  });
});

function impersonated(events: readonly AuditEvent[], subject: string) {
  return events
    .filter(({ user, impersonated: other }) => user.name === subject && other !== undefined)
    .flatMap(({ impersonated: other }) => {
      const [, namespace, name] = /^system:serviceaccount:(.+):(.+)$/.exec(other?.name ?? '') ?? [];
      const who =
        name === undefined
          ? { resource: 'users', namespace: '', name: other?.name ?? '' }
          : { resource: 'serviceaccounts', namespace: namespace ?? '', name };
      const groups = (other?.groups ?? [])
        .filter((group) => group !== 'system:authenticated')
        .map((group) => ({ resource: 'groups', namespace: '', name: group }));
      return [who, ...groups].map((one) => ({ verb: 'impersonate', group: '', ...one }));
    });
}
