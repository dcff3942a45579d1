import { expect } from 'chai';
import fc from 'fast-check';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { describeLoss } from '../../../src/audit/delivery/describe.ts';
import { EKS_POLICY, GCE_POLICY } from '../../../src/audit/delivery/gcePolicy.ts';
import type { ManagedPlatform } from '../../../src/audit/delivery/managed.ts';
import { planManaged } from '../../../src/audit/delivery/managed.ts';
import { lintPolicy } from '../../../src/audit/lintPolicy.ts';
import type { AuditedRequest } from '../../../src/audit/match.ts';
import { explain, matches } from '../../../src/audit/match.ts';
import type { Level } from '../../../src/audit/policy.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { readPolicy } from '../../../src/audit/readPolicy.ts';
import { anyPublished, anyRequest } from './arbitraryDelivery.ts';

const PLATFORMS: readonly ManagedPlatform[] = ['eks', 'gke', 'aks'];
const wish = (level: Level, group: string) =>
  compilePolicy([{ level: 'Metadata', rules: [{ level, verbs: ['create'], resources: [{ group }] }] }]);
const saidOf = (platform: ManagedPlatform, group: string): string =>
  planManaged(wish('RequestResponse', group), platform).losses.map(describeLoss).join('\n');

const request = (verb: string, group: string, resource: string, more: object = {}): AuditedRequest => ({
  user: { name: 'bob', groups: ['system:authenticated'] },
  verb,
  target: { type: 'resource', group, resource, subresource: '', namespace: 'kube-system', name: 'aws-auth', ...more },
});

describe('planManaged', () => {
  it('gives nothing to apply, and says what to do instead, on each platform', () => {
    for (const platform of PLATFORMS) {
      const { verdict, manifests, steps } = planManaged(wish('Metadata', 'apps'), platform);
      expect([verdict, manifests], platform).to.deep.equal(['cannot', []]);
      expect(steps.join('\n')).to.contain({ eks: 'log type audit', gke: 'Data Access', aks: 'kube-audit' }[platform]);
    }
  });

  it('names every request that is recorded otherwise, where it is known what is recorded', () => {
    fc.assert(
      fc.property(anyPublished, fc.array(anyRequest, { minLength: 10, maxLength: 10 }), (policy, all) => {
        for (const [platform, fixed] of [
          ['gke', GCE_POLICY],
          ['eks', EKS_POLICY],
        ] as const) {
          const { losses } = planManaged(policy, platform);
          for (const one of all) {
            const [asked, recorded] = [explain(policy, one), explain(fixed, one)];
            if (asked.level === recorded.level) continue;
            const named = losses.filter(
              (loss) =>
                loss.rule === asked.rule &&
                loss.recorded === recorded.level &&
                loss.requests.some((rule) => matches(rule, one)),
            );
            expect(named, JSON.stringify({ policy, one })).to.have.length.above(0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('knows which groups Google and Amazon record the bodies of', () => {
    for (const platform of ['eks', 'gke'] as const) {
      expect(saidOf(platform, 'example.com')).to.contain(
        'RequestResponse of create all of example.com: Metadata is recorded',
      );
      expect(saidOf(platform, 'apps')).to.not.contain('RequestResponse of create');
    }
  });

  it('says that Amazon shows changes of who may come in, and Google does not', () => {
    const shown = 'update, patch, delete configmaps called aws-auth in kube-system';
    expect(saidOf('eks', 'apps')).to.contain(
      `Metadata of ${shown}: RequestResponse is recorded, and their bodies come into the log`,
    );
    expect(saidOf('gke', 'apps')).to.not.contain(shown);
  });

  it('takes the deletion of many Secrets for no look into them, where only what was sent is recorded', () => {
    const { losses } = planManaged(wish('Metadata', 'apps'), 'gke');
    expect(losses.filter(({ exposes }) => exposes)).to.deep.equal([]);
    expect(losses.filter(({ rule, recorded }) => rule === 0 && recorded === 'Request')).to.have.length.above(0);
  });

  it('claims nothing of AKS, of any rule', () => {
    const policy = wish('Request', 'apps');
    const { losses } = planManaged(policy, 'aks');
    expect(losses.map(({ rule, recorded, direction }) => [rule, recorded, direction])).to.deep.equal(
      policy.rules.map((_, index) => [index, 'Unknown', 'unknown']),
    );
  });
});

describe('What GKE and EKS record', () => {
  for (const [what, one, gke, eks] of [
    ['a change of a Deployment', request('update', 'apps', 'deployments'), 'RequestResponse', 'RequestResponse'],
    ['a look at one', request('get', 'apps', 'deployments'), 'Request', 'Request'],
    ['a change of a Secret', request('update', '', 'secrets'), 'Metadata', 'Metadata'],
    ['a change of aws-auth', request('patch', '', 'configmaps'), 'Metadata', 'RequestResponse'],
    ['an Event', request('create', '', 'events'), 'None', 'None'],
    ['a change of a baseline', request('update', 'drawbridge.dev', 'securitybaselines'), 'Metadata', 'Metadata'],
  ] as const) {
    it(`is ${gke} and ${eks} of ${what}`, () => {
      expect([explain(GCE_POLICY, one).level, explain(EKS_POLICY, one).level]).to.deep.equal([gke, eks]);
    });
  }

  it('is a policy that a server takes', () => {
    for (const policy of [GCE_POLICY, EKS_POLICY]) {
      expect(readPolicy(policyText(policy), 31).mistakes).to.deep.equal([]);
      expect(lintPolicy(policy).filter(({ id }) => id === 'shadowed-rule')).to.deep.equal([]);
    }
  });
});
