import { expect } from 'chai';
import fc from 'fast-check';
import { catchAll } from '../../../src/audit/compile/bounds.ts';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { MARK_PATH } from '../../../src/audit/compile/mark.ts';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import type { Delivery, Loss } from '../../../src/audit/delivery/delivery.ts';
import { planOpenShift } from '../../../src/audit/delivery/openShift.ts';
import type { OpenShiftAudit } from '../../../src/audit/delivery/openShiftProfiles.ts';
import { openShiftPolicy, PROFILES } from '../../../src/audit/delivery/openShiftProfiles.ts';
import type { AuditedRequest } from '../../../src/audit/match.ts';
import { explain, matches } from '../../../src/audit/match.ts';
import type { AuditPolicy, Level } from '../../../src/audit/policy.ts';
import { LEVELS } from '../../../src/audit/policy.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { readPolicy } from '../../../src/audit/readPolicy.ts';
import { record } from '../../../src/k8s/json.ts';
import { anyPublished, anyRequest } from './arbitraryDelivery.ts';

const rank = (level: Level): number => LEVELS.indexOf(level);
const auditOf = ({ manifests: [manifest] }: Delivery): OpenShiftAudit =>
  record(manifest?.object.spec).audit as OpenShiftAudit;
const underPlan = (plan: Delivery): AuditPolicy => openShiftPolicy(auditOf(plan));
const highest = openShiftPolicy({ profile: 'AllRequestBodies', customRules: [] });
const section = (level: Level, ...rules: AuditSection['rules']): AuditSection => ({ level, rules });
const planOf = (...sections: readonly AuditSection[]): Delivery => planOpenShift(compilePolicy(sections));
const requests = fc.array(anyRequest, { minLength: 20, maxLength: 20 });

describe('planOpenShift', () => {
  it('records no request less than the policy says, unless a loss names it', () => {
    let named = 0;
    fc.assert(
      fc.property(anyPublished, requests, (policy, all) => {
        const plan = planOpenShift(policy);
        const given = underPlan(plan);
        for (const request of all) {
          const [asked, recorded] = [explain(policy, request), explain(given, request)];
          if (rank(recorded.level) >= rank(asked.level)) continue;
          named += 1;
          const says = (loss: Loss): boolean =>
            loss.rule === asked.rule &&
            loss.direction === 'laxer' &&
            loss.recorded === recorded.level &&
            loss.requests.some((one) => matches(one, request));
          expect(plan.losses.some(says), JSON.stringify({ policy, request })).to.equal(true);
        }
      }),
      { numRuns: 250 },
    );
    expect(named).to.be.above(30);
  });

  it('records what is asked for wherever any profile does', () => {
    fc.assert(
      fc.property(anyPublished, requests, (policy, all) => {
        const given = underPlan(planOpenShift(policy));
        for (const request of all) {
          const possible = Math.min(rank(explain(policy, request).level), rank(explain(highest, request).level));
          const recorded = rank(explain(given, request).level);
          expect(recorded, JSON.stringify({ policy, request })).to.be.at.least(possible);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('never records a body of a Secret or a token of an account', () => {
    fc.assert(
      fc.property(anyPublished, requests, (policy, all) => {
        const given = underPlan(planOpenShift(policy));
        for (const request of all.filter(isOfSecret)) expect(explain(given, request).level).to.equal('Metadata');
      }),
      { numRuns: 100 },
    );
  });

  it('says of each body that the policy keeps out of the log, and a profile does not, that it is exposed', () => {
    const { losses } = planOf(section('Request'));
    const exposed = losses.filter(({ exposes }) => exposes).flatMap(({ requests: found }) => found);
    const names = exposed.flatMap(({ resources }) => resources.flatMap((one) => one.resources));
    expect(new Set(names)).to.deep.equal(new Set(['configmaps', 'oauthaccesstokens', 'oauthauthorizetokens']));
  });

  for (const [what, sections, audit] of [
    ['Default, where heads are enough', [section('Metadata')], { profile: 'Default', customRules: [] }],
    ['Default, where nothing but the floor is wanted', [section('None')], { profile: 'Default', customRules: [] }],
    [
      'WriteRequestBodies, where bodies of some writes are wanted',
      [section('Metadata', { level: 'Request', verbs: ['create'], resources: [{ group: 'apps' }] })],
      { profile: 'WriteRequestBodies', customRules: [] },
    ],
    [
      'AllRequestBodies, where bodies of reads are wanted',
      [section('Metadata', { level: 'RequestResponse', verbs: ['get'], resources: [{ group: 'apps' }] })],
      { profile: 'AllRequestBodies', customRules: [] },
    ],
    [
      'no more bodies than before, where those wanted are of what no profile shows',
      [section('Metadata', { level: 'Request', resources: [{ group: 'route.openshift.io', resources: ['routes'] }] })],
      { profile: 'Default', customRules: [] },
    ],
    [
      'a rule for a group, where bodies of its members are wanted; the higher first',
      [
        section(
          'Metadata',
          { level: 'Request', verbs: ['update'], userGroups: ['dev'] },
          { level: 'Request', userGroups: ['ops'] },
          { level: 'None', verbs: ['get'], userGroups: ['quiet'] },
        ),
      ],
      {
        profile: 'Default',
        customRules: [
          { group: 'ops', profile: 'AllRequestBodies' },
          { group: 'dev', profile: 'WriteRequestBodies' },
        ],
      },
    ],
    [
      'no rules for groups, where there are too many',
      [
        section(
          'Metadata',
          ...Array.from({ length: 33 }, (_, at) => ({ level: 'Request', userGroups: [`g${at}`] }) as const),
        ),
      ],
      { profile: 'AllRequestBodies', customRules: [] },
    ],
  ] as const) {
    it(`takes ${what}`, () => expect(auditOf(planOf(...sections))).to.deep.equal(audit));
  }

  it('has no rule for a group whose requests a rule for all decides before', () => {
    const get = { ...catchAll('Request'), verbs: ['get'] };
    const rules = [{ ...get, level: 'None' as const }, { ...get, userGroups: ['dev'] }, catchAll('Metadata')];
    const planned = (some: typeof rules) =>
      auditOf(planOpenShift({ rules: some, omitStages: ['RequestReceived'], omitManagedFields: true })).customRules;
    expect(planned(rules)).to.deep.equal([]);
    expect(planned(rules.slice(1))).to.deep.equal([{ group: 'dev', profile: 'AllRequestBodies' }]);
    const more = rules.map((rule) => (rule.userGroups.length > 0 ? { ...rule, verbs: ['get', 'update'] } : rule));
    expect(planned(more), 'of two verbs one').to.deep.equal([{ group: 'dev', profile: 'WriteRequestBodies' }]);
  });

  it('has losses for every published policy: the profiles record no discovery', () => {
    const { verdict, losses } = planOf(section('Metadata'));
    expect(verdict).to.equal('partly');
    const lost = losses.filter(({ direction }) => direction === 'laxer').flatMap((loss) => loss.requests);
    expect(lost.flatMap(({ nonResourceURLs }) => nonResourceURLs)).to.include('/api*');
  });
});

describe('The profiles of OpenShift', () => {
  it('stand in an order in which none records a request less than the one before', () => {
    const policies = PROFILES.map((profile) => openShiftPolicy({ profile, customRules: [] }));
    fc.assert(
      fc.property(anyRequest, (request) => {
        const ranks = policies.map((policy) => rank(explain(policy, request).level));
        expect(ranks).to.deep.equal([...ranks].sort());
      }),
      { numRuns: 3_000 },
    );
  });

  it('are policies that a server takes', () => {
    for (const profile of PROFILES) {
      const audit: OpenShiftAudit = { profile, customRules: [{ group: 'ops', profile: 'WriteRequestBodies' }] };
      expect(readPolicy(policyText(openShiftPolicy(audit)), 31).mistakes).to.deep.equal([]);
    }
  });

  it('record the mark of any policy, so that none can be proved to be in force', () => {
    const target = { type: 'path' as const, path: `${MARK_PATH}${'0'.repeat(16)}` };
    const user = { name: 'bob', groups: ['system:authenticated'] };
    for (const profile of PROFILES) {
      const given = openShiftPolicy({ profile, customRules: [] });
      expect(explain(given, { user, verb: 'get', target }).level).to.not.equal('None');
    }
  });

  it('let the first rule decide whose group a user is in', () => {
    const audit: OpenShiftAudit = {
      profile: 'Default',
      customRules: [
        { group: 'ops', profile: 'AllRequestBodies' },
        { group: 'dev', profile: 'WriteRequestBodies' },
      ],
    };
    const get = (...groups: readonly string[]): Level =>
      explain(openShiftPolicy(audit), { ...GET, user: { name: 'bob', groups } }).level;
    expect([get('dev'), get('ops'), get('dev', 'ops'), get()]).to.deep.equal([
      'Metadata',
      'RequestResponse',
      'RequestResponse',
      'Metadata',
    ]);
  });
});

const GET: Omit<AuditedRequest, 'user'> = {
  verb: 'get',
  target: { type: 'resource', group: 'apps', resource: 'deployments', subresource: '', namespace: 'shop', name: 'a' },
};

const isOfSecret = ({ target }: AuditedRequest): boolean =>
  target.type === 'resource' &&
  target.group === '' &&
  ((target.resource === 'secrets' && target.subresource === '') ||
    (target.resource === 'serviceaccounts' && target.subresource === 'token'));
