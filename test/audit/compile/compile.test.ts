import { expect } from 'chai';
import fc from 'fast-check';
import { CEILING, catchAll, floorAt } from '../../../src/audit/compile/bounds.ts';
import { auditRuleOf, compilePolicy } from '../../../src/audit/compile/compile.ts';
import { boundsBroken } from '../../../src/audit/compile/keepsBounds.ts';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import { lintPolicy } from '../../../src/audit/lintPolicy.ts';
import type { AuditedRequest } from '../../../src/audit/match.ts';
import { explain, matches } from '../../../src/audit/match.ts';
import type { AuditPolicy, Level } from '../../../src/audit/policy.ts';
import { LEVELS } from '../../../src/audit/policy.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { readPolicy } from '../../../src/audit/readPolicy.ts';
import { anyRequest, anySection } from './arbitrarySection.ts';

const RUNS = 3_000;
const rank = (level: Level): number => LEVELS.indexOf(level);
const highest = (levels: readonly Level[]): Level => [...levels].sort((a, b) => rank(b) - rank(a))[0] ?? 'None';

/** What the sections ask for, said without a policy. */
function wished(sections: readonly AuditSection[], request: AuditedRequest): Level {
  if (matches(CEILING, request)) return 'Metadata';
  const levels = sections.map(({ level, rules }) => {
    const said = rules.filter((rule) => matches(auditRuleOf(rule), request)).map((rule) => rule.level);
    return said.length === 0 ? level : highest(said);
  });
  // A rule may quieten what `level` is for all else, but not what must be seen.
  const floor = highest(['Metadata', ...sections.map(({ level }) => level)]);
  return highest([...levels, matches(floorAt(floor), request) ? floor : 'None']);
}

const RBAC_WRITE: AuditedRequest = {
  user: { name: 'bob', groups: ['dev'] },
  verb: 'update',
  target: {
    type: 'resource',
    group: 'rbac.authorization.k8s.io',
    resource: 'roles',
    subresource: '',
    namespace: 'shop',
    name: 'a',
  },
};
const levelOf = (sections: readonly AuditSection[], request: AuditedRequest): Level =>
  explain(compilePolicy(sections), request).level;

describe('compilePolicy', () => {
  it('gives each request the level that one section asks for, between floor and ceiling', () => {
    fc.assert(
      fc.property(anySection, anyRequest, (section, request) => {
        expect(levelOf([section], request)).to.equal(wished([section], request));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives no request less than the highest level that any section asks for', () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 4 }), anyRequest, (sections, request) => {
        expect(rank(levelOf(sections, request))).to.be.at.least(rank(wished(sections, request)));
      }),
      { numRuns: RUNS },
    );
  });

  it('THREATS 22: no section lowers the floor or lifts the ceiling', () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 4 }), anyRequest, (sections, request) => {
        const policy = compilePolicy(sections);
        const { level, stages } = explain(policy, request);
        if (matches(floorAt('Metadata'), request) && !matches(CEILING, request)) expect(level).to.not.equal('None');
        if (matches(CEILING, request)) expect(level).to.equal('Metadata');
        // Of a request that nobody authenticated there is the start of the answer alone.
        const last = request.user === undefined ? 'ResponseStarted' : 'ResponseComplete';
        if (level !== 'None') expect(stages).to.include(last);
        expect(stages).to.not.include('RequestReceived');
        expect(boundsBroken(policy)).to.equal(undefined);
      }),
      { numRuns: RUNS },
    );
  });

  it('THREATS 22: holds a change of RBAC at Metadata against a section that wants nothing recorded', () => {
    expect(levelOf([{ level: 'None', rules: [{ level: 'None', users: ['bob'] }] }], RBAC_WRITE)).to.equal('Metadata');
  });

  it('raises the floor to the level of all else', () => {
    expect(levelOf([{ level: 'Request', rules: [] }], RBAC_WRITE)).to.equal('Request');
  });

  it('does not let one section quieten what another records by its level', () => {
    const quiet: AuditSection = { level: 'Metadata', rules: [{ level: 'None', verbs: ['get'] }] };
    const get: AuditedRequest = { ...RBAC_WRITE, verb: 'get' };
    expect(levelOf([quiet], get)).to.equal('None');
    expect(levelOf([quiet, { level: 'Metadata', rules: [] }], get)).to.equal('Metadata');
    expect(levelOf([quiet, quiet], get), 'both agree').to.equal('None');
  });

  it('gives the same text whatever the order of sections, rules and lists, and with rules said twice', () => {
    fc.assert(
      fc.property(fc.array(anySection, { minLength: 1, maxLength: 3 }), (sections) => {
        const turned = [...sections].reverse().map(({ level, rules }) => ({
          level,
          rules: [...rules, ...rules].reverse().map((rule) => ({ ...rule, verbs: [...(rule.verbs ?? [])].reverse() })),
        }));
        expect(policyText(compilePolicy(turned))).to.equal(policyText(compilePolicy(sections)));
      }),
      { numRuns: 500 },
    );
  });

  it('writes text that reads as the same policy, for any server that is supported', () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 3 }), (sections) => {
        const policy = compilePolicy(sections);
        expect(readPolicy(policyText(policy), 31)).to.deep.equal({ policy, mistakes: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('writes any name in characters that every server reads, and they are the same name again', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (users) => {
        const policy = compilePolicy([{ level: 'Metadata', rules: [{ level: 'Request', users }] }]);
        const written = policyText(policy);
        expect(written).to.match(/^[\n -~]*$/);
        const { policy: read, mistakes } = readPolicy(written, 31);
        expect(mistakes).to.deep.equal([]);
        const names = (one: AuditPolicy | undefined) =>
          one?.rules.flatMap((rule) => rule.users.map((user) => user.toWellFormed()));
        expect(names(read)).to.deep.equal(names(policy));
      }),
      { numRuns: 1000, examples: [[['\u007f\u2028\ufffe\ud800😀"\\']]] },
    );
  });

  it('lets the lints find nothing wrong in the floor alone', () => {
    expect(lintPolicy(compilePolicy([{ level: 'Metadata', rules: [] }]))).to.deep.equal([]);
  });

  it('is written as people read it', () => {
    const section: AuditSection = {
      level: 'Metadata',
      rules: [
        { level: 'None', users: ['system:kube-scheduler'], verbs: ['watch', 'get'] },
        { level: 'RequestResponse', verbs: ['create'], resources: [{ group: 'rbac.authorization.k8s.io' }] },
      ],
    };
    expect(policyText(compilePolicy([section])).split('\n')).to.deep.equal([
      'apiVersion: audit.k8s.io/v1',
      'kind: Policy',
      'omitStages: ["RequestReceived"]',
      'omitManagedFields: true',
      'rules:',
      '- {"level":"Metadata","resources":[{"group":"","resources":["secrets","configmaps","serviceaccounts/token"]},{"group":"authentication.k8s.io","resources":["tokenreviews"]},{"group":"oauth.openshift.io","resources":["oauthaccesstokens","oauthauthorizetokens"]}]}',
      '- {"level":"RequestResponse","verbs":["create"],"resources":[{"group":"rbac.authorization.k8s.io"}]}',
      '- {"level":"Metadata","verbs":["create","update","patch","delete","deletecollection"],"resources":[{"group":"drawbridge.dev"},{"group":"rbac.authorization.k8s.io"},{"group":"admissionregistration.k8s.io"},{"group":"networking.k8s.io","resources":["networkpolicies"]},{"group":"","resources":["namespaces","namespaces/finalize","serviceaccounts","resourcequotas","limitranges"]},{"group":"apiextensions.k8s.io","resources":["customresourcedefinitions"]},{"group":"apiregistration.k8s.io","resources":["apiservices"]}]}',
      '- {"level":"None","users":["system:kube-scheduler"],"verbs":["get","watch"]}',
      '- {"level":"Metadata"}',
      '',
    ]);
  });
});

describe('boundsBroken', () => {
  const good = compilePolicy([{ level: 'Metadata', rules: [] }]);
  const [ceiling = CEILING, floor = floorAt('Metadata'), rest = catchAll('Metadata')] = good.rules;
  const broken: Readonly<Record<string, typeof good>> = {
    'no ceiling': { ...good, rules: [floor, rest] },
    'a ceiling with fewer resources': {
      ...good,
      rules: [{ ...ceiling, resources: ceiling.resources.slice(1) }, floor, rest],
    },
    'a ceiling for some users': { ...good, rules: [{ ...ceiling, users: ['bob'] }, floor, rest] },
    'a higher ceiling': { ...good, rules: [{ ...ceiling, level: 'Request' }, floor, rest] },
    'no floor': { ...good, rules: [ceiling, rest] },
    'a floor of level None': { ...good, rules: [ceiling, floorAt('None'), rest] },
    'a floor without a verb': { ...good, rules: [ceiling, { ...floor, verbs: floor.verbs.slice(1) }, rest] },
    'silence before the floor': { ...good, rules: [ceiling, { ...catchAll('None'), users: ['eve'] }, floor, rest] },
    'no end of requests': { ...good, omitStages: ['RequestReceived', 'ResponseComplete'] },
    'a rule without stages': { ...good, rules: [ceiling, { ...floor, omitStages: ['ResponseComplete'] }, rest] },
    'no rules': { ...good, rules: [] },
  };
  for (const [what, policy] of Object.entries(broken)) {
    it(`THREATS 22: finds ${what}`, () => expect(boundsBroken(policy)).to.be.a('string'));
  }

  it('takes every policy that was compiled', () => expect(boundsBroken(good)).to.equal(undefined));
});
