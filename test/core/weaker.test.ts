import { expect } from 'chai';
import type { NetworkSpec, PodSecuritySpec, RbacSpec } from '../../src/api/types.ts';
import { baseline, DENY_ALL, governed, VIEWER, withoutSection } from '../support/build.ts';

const rule = (from: readonly object[]): NetworkSpec => ({
  ...DENY_ALL,
  allow: { rules: [{ name: 'r', podSelector: { matchLabels: {} }, ingress: [{ from, ports: [] }] }] },
});

/** What is said when the first baseline governs before the second. */
function said(first: object, second: object, section: 0 | 1 = 0): string | undefined {
  const next = withoutSection(baseline('next', second), section === 0 ? 'rbac' : 'network');
  const governor = withoutSection(baseline('governor', { priority: 5, ...first }), section === 0 ? 'rbac' : 'network');
  const notices = governed([governor, next]).sections[section]?.notices ?? [];
  return notices.find(({ reason }) => reason === 'WeakerBaselineGoverns')?.message;
}
const network = (first: NetworkSpec, second: NetworkSpec = DENY_ALL): string | undefined =>
  said({ network: first }, { network: second });
const rbac = (first: RbacSpec, second: RbacSpec): string | undefined => said({ rbac: first }, { rbac: second }, 1);

describe('a baseline that governs before a stricter one', () => {
  it('THREATS 15: is told when it denies fewer directions', () => {
    expect(network({ defaultDeny: ['Ingress'] })).to.contain('does not deny Egress');
  });

  it('THREATS 15: is told when it lets in more peers, and everybody is more than any list', () => {
    expect(network(rule([{ podSelector: { matchLabels: {} } }]))).to.contain('1 more peers');
    const calls = { ...DENY_ALL, allow: { apiServerCallbacks: { cidrs: ['192.0.2.0/24'] } } };
    expect(network(calls)).to.contain('1 more peers');
    expect(network(rule([]), rule([{ podSelector: { matchLabels: {} } }]))).to.contain('more peers');
    expect(network(rule([{ podSelector: { matchLabels: {} } }]), rule([]))).to.equal(undefined);
  });

  it('THREATS 15: is told when it allows the namespace itself, or blocks less', () => {
    expect(network({ ...DENY_ALL, allow: { sameNamespace: ['Ingress'] } })).to.contain('same namespace');
    expect(network(DENY_ALL, { ...DENY_ALL, blockedCidrs: ['169.254.169.254/32'] })).to.contain('169.254.169.254/32');
  });

  it('THREATS 15: is told when it hands out more rules or names more subjects', () => {
    const binding = VIEWER.roleBindings?.[0];
    if (binding === undefined) throw new Error('no binding');
    expect(rbac(VIEWER, {})).to.contain('1 more rules');
    const more = { ...VIEWER, roleBindings: [{ ...binding, subjects: [...binding.subjects, ...binding.subjects] }] };
    expect(rbac(more, VIEWER)).to.contain('1 more subjects');
    expect(rbac(VIEWER, VIEWER)).to.equal(undefined);
  });

  it('THREATS 15: is told when its Pod Security levels or their version are lower, or absent', () => {
    const levels = (first: PodSecuritySpec, second: PodSecuritySpec): string | undefined => {
      const [governor, next] = [
        baseline('governor', { priority: 5, podSecurity: first }),
        baseline('next', { podSecurity: second }),
      ];
      const notices =
        governed([governor, next]).sections.find(({ section }) => section === 'podSecurity')?.notices ?? [];
      return notices[0]?.message;
    };
    expect(levels({ enforce: 'baseline' }, { enforce: 'restricted' })).to.contain('its enforce is lower');
    expect(levels({ enforce: 'baseline', version: 'v1.30' }, { enforce: 'baseline' })).to.contain(
      'its enforce is lower',
    );
    expect(levels({ enforce: 'baseline' }, { enforce: 'baseline', warn: 'baseline' })).to.contain('its warn is lower');
    expect(levels({ enforce: 'restricted' }, { enforce: 'baseline', version: 'v1.30' })).to.equal(undefined);
  });

  it('THREATS 15: is told when both have the same priority, however alike', () => {
    expect(said({ priority: 0 }, {})).to.contain('same priority');
  });

  it('is not told when it is as strict, when it alone enforces, or when the next rests', () => {
    expect(network(DENY_ALL)).to.equal(undefined);
    expect(said({ network: { defaultDeny: ['Ingress'] } }, { enforcement: 'Audit' })).to.equal(undefined);
    expect(said({ network: { defaultDeny: ['Ingress'] } }, { suspend: true })).to.equal(undefined);
  });
});
