import { expect } from 'chai';
import { contentsOf, UNKNOWABLE, waive, waivedIn, waiverOf } from '../../../src/core/waive/waived.ts';
import { controlsOf, namesNamespace } from '../../../src/core/waive/waiver.ts';
import { finding } from '../../support/build.ts';
import { waivedBy, waiver, waiverSpec } from '../../support/buildWaiver.ts';

const OPEN = { kind: 'NetworkPolicy', name: 'open' } as const;
const FOREIGN = 'network.foreign-policies';
const byName = waiver('byName', { controls: [FOREIGN], objects: [OPEN] });

describe('THREATS 16: what a waiver waives', () => {
  const named = (namespaces: readonly string[], namespace: string): boolean =>
    namesNamespace(waiverSpec({ namespaces }), namespace);

  it('is in namespaces by name or pattern, and nowhere else', () => {
    expect(named(['payments', 'sandbox-*', 'team-?'], 'payments')).to.equal(true);
    expect(named(['sandbox-*'], 'sandbox-7')).to.equal(true);
    expect(named(['team-?'], 'team-a')).to.equal(true);
    expect(['pay', 'payments2', 'sandbox', 'team-ab', 'kube-system'].filter((n) => named(['payments'], n))).to.be.empty;
    expect(named(['sandbox-*'], 'sandbox')).to.equal(false);
  });

  it('is in no namespace by a bare star, whatever let it through', () => {
    for (const glob of ['*', '**', '?*', '*-*']) expect(named([glob], 'payments'), glob).to.equal(false);
  });

  it('takes the bindings with the Roles', () => {
    expect(controlsOf(waiverSpec({ controls: ['rbac.roles'] }))).to.deep.equal(['rbac.roles', 'rbac.role-bindings']);
    expect(controlsOf(waiverSpec({ controls: ['rbac.role-bindings'] }))).to.deep.equal(['rbac.role-bindings']);
  });

  it('is never audit.policy or admission, whatever let them through', () => {
    const controls = ['audit.policy', 'admission', 'admission.policies', 'network.allow-dns'];
    expect(controlsOf(waiverSpec({ controls }))).to.deep.equal(['network.allow-dns']);
  });

  it('with objects is their findings alone, and the control stays', () => {
    const waived = waivedBy(byName);
    expect(waived.controls.size).to.equal(0);
    const found = (name: string, control = FOREIGN) =>
      waive(finding({ control, ref: { ...OPEN, namespace: 'payments', name } }), waived).result;
    expect([found('open'), found('other'), found('open', 'network.default-deny')]).to.deep.equal([
      'waived',
      'fail',
      'fail',
    ]);
  });

  it('with objects holds for the content first seen, also when it comes back to it', () => {
    const at = (content: string | undefined, seen = contentsOf([])) => waivedIn([byName], () => content, seen);
    const first = at('a');
    const exempt = (waived: typeof first) => waiverOf(waived, FOREIGN, { ...OPEN, namespace: 'payments' })?.name;
    const edited = at('b', contentsOf(first.applied));
    const back = at('a', contentsOf(edited.applied));
    expect([exempt(first), exempt(edited), exempt(back)]).to.deep.equal(['byName', undefined, 'byName']);
    const gone = at(undefined, contentsOf(back.applied));
    expect(gone.applied[0]?.objects).to.deep.equal([{ ...OPEN, content: 'a', changed: false }]);
    expect(exempt(at('b', contentsOf(gone.applied)))).to.equal(undefined);
  });

  it('with objects waits for one that is not there yet', () => {
    const before = waivedBy(byName);
    expect(before.applied[0]?.objects).to.deep.equal([{ ...OPEN, content: undefined, changed: false }]);
  });

  it('with objects is never what is too large to be read', () => {
    const waived = waivedIn([byName], () => UNKNOWABLE, contentsOf([]));
    expect(waived.applied[0]?.objects).to.deep.equal([{ ...OPEN, content: undefined, changed: true }]);
    expect(waived.objects.size).to.equal(0);
  });

  it('is not the content that another waiver saw', () => {
    const seen = contentsOf(waivedIn([byName], () => 'a', contentsOf([])).applied);
    const anew = waivedIn([{ ...byName, uid: 'another' }], () => 'b', seen);
    expect(anew.applied[0]?.objects[0]).to.include({ content: 'b', changed: false });
  });

  it('is told by the finding: its result, the waiver, and until when', () => {
    const legacy = waiver('legacy', { controls: [FOREIGN] });
    expect(waive(finding(), waivedBy(legacy))).to.deep.equal({
      ...finding(),
      result: 'waived',
      waiver: 'legacy',
      message: `it is open; waived by legacy until ${legacy.spec.expiresAt}`,
    });
  });

  it('counts by the waiver that ends last', () => {
    const long = waiver('long', { expiresAt: '2026-06-01T00:00:00Z' });
    const control = 'network.default-deny';
    expect(waivedBy(waiver('a'), long, waiver('z')).controls.get(control)?.name).to.equal('long');
  });
});
