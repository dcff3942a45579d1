import { expect } from 'chai';
import { controls } from '../../src/controls/index.ts';
import { viewOf } from '../../src/core/control/view.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Held } from '../../src/core/govern/held.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import type { Evaluation } from '../../src/core/plan/evaluate.ts';
import { evaluate } from '../../src/core/plan/evaluate.ts';
import type { Waived } from '../../src/core/waive/waived.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import type { Labels } from '../../src/k8s/object.ts';
import { baseline, DENY_ALL, entry, FACTS, governed, heldBy, namespaceEntry, PROD, VIEWER } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';
import { waivedBy, waiver } from '../support/buildWaiver.ts';

interface Case {
  readonly labels?: Labels;
  readonly held?: Held;
  readonly facts?: Partial<Facts>;
  readonly live?: readonly Entry[];
  readonly waived?: Waived;
}
const look = (baselines: readonly Baseline[], { labels = PROD, held = [], facts = {}, live = [], waived }: Case = {}) =>
  evaluate(
    controls,
    governed(baselines, 'payments', labels, held),
    viewOf(createIndex(...live), namespaceEntry('payments', labels), { ...FACTS, ...facts }),
    waived,
  );
const changes = ({ plan }: Evaluation): readonly string[] =>
  plan.changes.map(({ action, baseline: by, ref }) => `${by}: ${action} ${ref.kind} ${ref.name}`);
const findings = (evaluation: Evaluation): readonly string[] =>
  evaluation.findings.map((f) => `${f.baseline}${f.shadow ? ' (shadow)' : ''}: ${f.reason}`);

const policy = (name: string, spec: object, labels: Labels = {}): Entry =>
  entry('NetworkPolicy', name, { spec }, { labels });
const DENY_SPEC = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
const deny = (by: string): Entry => policy('drawbridge-default-deny', DENY_SPEC, ownLabels(by, 'network.default-deny'));
const OPEN = policy('open', { podSelector: {}, ingress: [{}] });

describe('an evaluation', () => {
  it('plans what the governor of each section wants', () => {
    expect(changes(look([baseline('a', { rbac: VIEWER })]))).to.deep.equal([
      'a: create NetworkPolicy drawbridge-default-deny',
      'a: create Role drawbridge-viewer',
      'a: create RoleBinding drawbridge-viewers-4436aa9b',
    ]);
  });

  it('plans nothing where everything stands, and finds nothing', () => {
    const result = look([baseline('a')], { live: [deny('a')] });
    expect(changes(result)).to.deep.equal([]);
    expect(findings(result)).to.deep.equal([]);
  });

  it('THREATS 16: plans that what a waived control wrote goes, whoever put it there, and only where somebody enforces', () => {
    const waived = waivedBy(waiver());
    const planted = policy('drawbridge-default-deny', { podSelector: {}, ingress: [{}] });
    const rest = policy('drawbridge-old', DENY_SPEC, ownLabels('a', 'network.allow-dns'));
    const removed = ['a: delete NetworkPolicy drawbridge-default-deny', 'a: delete NetworkPolicy drawbridge-old'];
    for (const live of [deny('a'), planted]) {
      const { plan } = look([baseline('a')], { live: [live, rest], waived });
      expect(changes({ plan, findings: [], basis: '' })).to.deep.equal(removed);
      expect(plan.changes[0]).to.include({ reason: 'Waived', stage: live === planted ? 'prune-allow' : 'prune-guard' });
    }
    for (const spec of [{ enforcement: 'Audit' }, { suspend: true }] as const) {
      expect(changes(look([baseline('a', spec)], { live: [deny('a')], waived }))).to.deep.equal([]);
    }
  });

  it('THREATS 16: keeps what others make, of which only fields are ours', () => {
    const account = entry('ServiceAccount', 'default', { automountServiceAccountToken: false });
    const inert = baseline('a', { serviceAccounts: { defaultToken: 'Disabled' } });
    const waived = waivedBy(waiver('w', { controls: ['service-account.default-token'] }));
    expect(changes(look([inert], { live: [deny('a'), account], waived }))).to.deep.equal([]);
  });

  it('THREATS 25: closes a namespace with node agents where the baseline names it, and not where labels select it', () => {
    const agent = entry('Pod', 'exporter', { spec: { hostNetwork: true, containers: [] } });
    const named = { matchLabels: { 'kubernetes.io/metadata.name': 'payments' } };
    const labels = { ...PROD, 'kubernetes.io/metadata.name': 'payments' };
    const among = (values: readonly string[]) => ({
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: [...values] }],
    });
    const all = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' as const }] };
    const deny = (more: Parameters<typeof baseline>[1]) =>
      changes(look([baseline('a', more)], { labels, live: [agent] }));
    const closed = ['a: create NetworkPolicy drawbridge-default-deny'];
    expect(deny({})).to.deep.equal([]);
    expect(deny({ namespaceSelector: all })).to.deep.equal([]);
    expect(deny({ namespaceSelector: named })).to.deep.equal(closed);
    expect(deny({ namespaceSelector: among(['payments', 'shop']) })).to.deep.equal(closed);
    expect(deny({ includedSystemNamespaces: ['payments'] })).to.deep.equal(closed);
  });

  it('says on trial which pods nothing isolates, and of what it writes itself nothing', () => {
    const web = entry('Pod', 'web', { spec: { containers: [] } });
    const network = { ...DENY_ALL, allow: { dns: {} } };
    expect(findings(look([baseline('a', { network })], { live: [web] }))).to.deep.equal([]);
    const trial = look([baseline('a', { network, enforcement: 'Audit' })], { live: [web] });
    expect(findings(trial)).to.deep.equal(['a: PodNotIsolated']);
    const resting = look([baseline('a', { network, suspend: true })], { live: [web] });
    expect(findings(resting)).to.deep.equal(['a: PodNotIsolated']);
  });

  it('is the same whatever else is the same', () => {
    const all = [baseline('a', { rbac: VIEWER }), baseline('b', { enforcement: 'Audit', priority: 2 })];
    expect(look(all, { live: [OPEN] })).to.deep.equal(look(all, { live: [OPEN] }));
  });

  it('finds what a control finds, for the baseline that governs', () => {
    expect(findings(look([baseline('a')], { live: [deny('a'), OPEN] }))).to.deep.equal([
      'a: ForeignPolicyOpensNamespace',
    ]);
  });

  it('THREATS 14: tells of a namespace that left by its labels, and goes on repairing it', () => {
    const left = look([baseline('a')], { labels: {}, held: heldBy(baseline('a')) });
    expect(findings(left)).to.deep.equal(['a: LeftByLabel']);
    expect(changes(left)).to.deep.equal(['a: create NetworkPolicy drawbridge-default-deny']);
  });

  it('hands objects over to another baseline in place', () => {
    const result = look([baseline('new')], { live: [deny('old')] });
    expect(changes(result)).to.deep.equal(['new: update NetworkPolicy drawbridge-default-deny']);
    expect(result.plan.changes[0]).to.include({ urgent: false, takeOver: false });
  });

  it('THREATS 3: prunes everything of a section that was released, and only that section', () => {
    const going = baseline('a', { deletionPolicy: 'Delete' }, { releasing: true });
    const role = entry('Role', 'drawbridge-viewer', {}, { labels: ownLabels('a', 'rbac.roles') });
    const result = look([going], { held: heldBy(going), live: [deny('a'), role, OPEN] });
    expect(changes(result)).to.deep.equal(['a: delete NetworkPolicy drawbridge-default-deny']);
    expect(result.plan.changes[0]).to.include({ reason: 'Released' });
  });

  it('keeps a live object whose fact is unknown, and creates none', () => {
    const spec = { network: { ...DENY_ALL, allow: { dns: {} } } };
    const facts: Partial<Facts> = { dns: { known: false, why: 'nobody said' } };
    const anything = policy('drawbridge-allow-dns', { egress: [{}] }, ownLabels('x', 'y'));
    expect(changes(look([baseline('a', spec)], { facts, live: [deny('a'), anything] }))).to.deep.equal([]);
    expect(changes(look([baseline('a', spec)], { facts, live: [deny('a')] }))).to.deep.equal([]);
    expect(findings(look([baseline('a', spec)], { facts, live: [deny('a')] }))).to.deep.equal(['a: DnsUnknown']);
  });
});

describe('a shadow', () => {
  const trial = (spec: object = {}): Baseline => baseline('trial', { enforcement: 'Audit', priority: 9, ...spec });

  it('THREATS 15: has findings and no changes', () => {
    const result = look([baseline('a'), trial({ rbac: VIEWER })], { live: [deny('a')] });
    // The rbac section has no other claim: there the trial governs, and its gates withhold what it plans.
    expect(changes(result).filter((change) => change.includes('NetworkPolicy'))).to.deep.equal([]);
    const more = trial({ network: { ...DENY_ALL, allow: { sameNamespace: ['Ingress'] } } });
    const shadowed = look([baseline('a'), more], { live: [deny('a')] });
    expect(changes(shadowed)).to.deep.equal([]);
    expect(findings(shadowed)).to.deep.equal(['trial (shadow): Missing']);
  });

  it("does not take the governor's objects for foreign ones, nor for drift where they agree", () => {
    const result = look([baseline('a'), trial()], { live: [deny('a')] });
    expect(changes(result)).to.deep.equal([]);
    expect(findings(result)).to.deep.equal([]);
  });

  it("finds what it would prune of the governor's", () => {
    const governor = baseline('a', { network: { ...DENY_ALL, allow: { sameNamespace: ['Ingress'] } } });
    const allow = policy(
      'drawbridge-allow-same-namespace',
      { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
      ownLabels('a', 'network.allow-same-namespace'),
    );
    const result = look([governor, trial()], { live: [deny('a'), allow] });
    expect(changes(result)).to.deep.equal([]);
    expect(findings(result)).to.deep.equal(['trial (shadow): NotDeclared']);
  });

  it('finds what it would change of the content', () => {
    const narrower = trial({ network: { defaultDeny: ['Ingress'] } });
    const result = look([baseline('a'), narrower], { live: [deny('a')] });
    expect(findings(result)).to.deep.equal(['trial (shadow): Modified']);
  });

  it('finds what is foreign to both', () => {
    expect(findings(look([baseline('a'), trial()], { live: [deny('a'), OPEN] }))).to.deep.equal([
      'a: ForeignPolicyOpensNamespace',
      'trial (shadow): ForeignPolicyOpensNamespace',
    ]);
  });
});
