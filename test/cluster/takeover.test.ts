import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, staysQuiet, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath, bindings, DENY, policies, reportPath, roles, SAME_NAMESPACE, VIEWER } from './support/paths.ts';
import { denyOnly, FULL_RBAC } from './support/spec.ts';
import { declareFor, edit, untilFinding, untilNoFinding } from './supportB/findings.ts';
import { historyOf, told } from './supportB/history.ts';

const BASELINE = 'drawbridge.dev/baseline';
const open = { spec: { ingress: [{}] } };

describe('Two baselines over one namespace', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const deny = (namespace: string): Promise<AnyObject> => admin().get(policies(namespace, DENY));
  const ownerOf = async (path: string): Promise<string | undefined> =>
    (await admin().find(path))?.metadata.labels?.[BASELINE];
  const untilOwner = (namespace: string, name: string) =>
    eventually(async () => expect(await ownerOf(policies(namespace, DENY))).to.equal(name), { everyMs: 10 });
  const gone = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await admin().delete(baselinePath(name));
  };
  const repairs = async (namespace: string): Promise<void> => {
    await admin().patch(policies(namespace, DENY), open);
    await eventually(async () => expect((await deny(namespace)).spec.ingress).to.equal(undefined));
  };
  const sections = async (namespace: string): Promise<unknown> =>
    (await admin().get(reportPath(namespace))).sections.map(({ section, baseline }: AnyObject) => [section, baseline]);

  it('share it section by section: each governs where it has the highest priority', async () => {
    await member(world(), 'shared', 'shared');
    await declareFor(world(), 'low', 'shared', { priority: 1, ...denyOnly(), rbac: FULL_RBAC });
    await untilReady(world(), 'low', 1);
    await declareFor(world(), 'high', 'shared', {
      priority: 10,
      ...denyOnly({ allow: { sameNamespace: ['Ingress', 'Egress'] } }),
    });
    await untilReady(world(), 'high', 1);
    await eventually(async () =>
      expect(await sections('shared')).to.deep.equal([
        ['network', 'high'],
        ['rbac', 'low'],
      ]),
    );
    expect(await ownerOf(policies('shared', DENY))).to.equal('high');
    expect(await ownerOf(policies('shared', SAME_NAMESPACE))).to.equal('high');
    expect(await ownerOf(roles('shared', VIEWER))).to.equal('low');
    await untilReady(world(), 'low', 1);
  });

  it('hand the namespace over in place when the higher one is deleted, without a moment without the deny', async () => {
    const { uid } = (await deny('shared')).metadata;
    const mark = await world().mark();
    const moments = await historyOf(world(), policies('shared'), async () => {
      await gone('high');
      await eventually(async () => expect(await admin().find(policies('shared', SAME_NAMESPACE))).to.equal(undefined));
      await untilQuiet(world());
    });
    expect(told(moments)).to.deep.equal([`MODIFIED ${DENY}`, `DELETED ${SAME_NAMESPACE}`]);
    for (const { object } of moments.filter(({ name }) => name === DENY)) {
      expect(object.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
    const now = await deny('shared');
    expect([now.metadata.uid, now.metadata.labels?.[BASELINE]]).to.deep.equal([uid, 'low']);
    expect((await workSince(world(), mark, 'shared')).map(({ verb }) => verb)).to.deep.equal(['update', 'delete']);
    await untilReady(world(), 'low', 1);
    await gone('low');
  });

  it('THREATS 15: an Audit baseline of higher priority disarms nothing, and shows what it would change', async () => {
    await member(world(), 'tried', 'tried');
    await declareFor(world(), 'guard', 'tried', denyOnly());
    await untilReady(world(), 'guard', 1);
    await untilQuiet(world());
    const { resourceVersion } = (await deny('tried')).metadata;
    await declareFor(world(), 'trial', 'tried', {
      priority: 100,
      enforcement: 'Audit',
      network: { defaultDeny: ['Ingress'], allow: { sameNamespace: ['Ingress'] } },
    });
    await untilReady(world(), 'trial', 1);
    await untilFinding(world(), 'tried', 'Missing', { baseline: 'trial' });
    await untilFinding(world(), 'tried', 'Modified', { baseline: 'trial' });
    expect(conditionOf(await world().baseline('trial'), 'Compliant')?.status).to.equal('False');
    expect(conditionOf(await world().baseline('guard'), 'Compliant')?.status).to.equal('True');
    await untilQuiet(world());
    expect((await deny('tried')).metadata.resourceVersion).to.equal(resourceVersion);
    expect(await sections('tried')).to.deep.equal([['network', 'guard']]);
    await repairs('tried');
    await admin().delete(policies('tried', DENY));
    await eventually(() => deny('tried'));
    expect(await admin().find(policies('tried', SAME_NAMESPACE))).to.equal(undefined);
    await gone('trial');
    await untilNoFinding(world(), 'tried');
    await gone('guard');
  });

  it('THREATS 15: a section that only audits disarms nothing, while its other section governs', async () => {
    await member(world(), 'half', 'half');
    await declareFor(world(), 'under', 'half', { ...denyOnly(), rbac: FULL_RBAC });
    await untilReady(world(), 'under', 1);
    await declareFor(world(), 'over', 'half', {
      priority: 5,
      network: { defaultDeny: ['Ingress'], enforcement: 'Audit' },
      rbac: { roles: FULL_RBAC.roles },
    });
    await untilReady(world(), 'over', 1);
    await eventually(async () =>
      expect(await sections('half')).to.deep.equal([
        ['network', 'under'],
        ['rbac', 'over'],
      ]),
    );
    await eventually(async () => expect(await ownerOf(roles('half', VIEWER))).to.equal('over'));
    await eventually(async () =>
      expect((await admin().list(bindings('half'))).map(({ metadata }) => metadata.name)).to.deep.equal([]),
    );
    await repairs('half');
    expect(await ownerOf(policies('half', DENY))).to.equal('under');
    await gone('over', 'under');
  });

  it('a suspended one writes nothing and reports the drift, until it goes on', async () => {
    await member(world(), 'paused', 'paused');
    await declareFor(world(), 'rests', 'paused', denyOnly());
    await untilReady(world(), 'rests', 1);
    await edit(world(), 'rests', { suspend: true });
    const ready = conditionOf(await untilReady(world(), 'rests', 1), 'Ready');
    expect(ready?.reason).to.equal('Suspended');
    await untilQuiet(world());
    const mark = await world().mark();
    await admin().patch(policies('paused', DENY), open);
    await untilFinding(world(), 'paused', 'Modified', { baseline: 'rests' });
    await eventually(async () =>
      expect(conditionOf(await world().baseline('rests'), 'Compliant')?.status).to.equal('False'),
    );
    await untilQuiet(world());
    expect(shown(await world().writesSince(mark, { all: true, resources: ['networkpolicies'] }))).to.deep.equal([]);
    expect((await deny('paused')).spec.ingress).to.deep.equal([{}]);
    await edit(world(), 'rests', { suspend: false });
    await eventually(async () => expect((await deny('paused')).spec.ingress).to.equal(undefined));
    await untilNoFinding(world(), 'paused');
  });

  it('an active one of lower priority takes over from a suspended one, and gives way when it goes on', async () => {
    await declareFor(world(), 'stands-in', 'paused', { priority: -10, ...denyOnly() });
    await untilReady(world(), 'stands-in', 0);
    const moments = await historyOf(world(), policies('paused'), async () => {
      await edit(world(), 'rests', { suspend: true });
      await untilOwner('paused', 'stands-in');
      await repairs('paused');
      await edit(world(), 'rests', { suspend: false });
      await untilOwner('paused', 'rests');
    });
    expect(told(moments).filter((line) => line !== `MODIFIED ${DENY}`)).to.deep.equal([]);
    await gone('stands-in', 'rests');
  });

  it('THREATS 15: of equal priority warn that the older one governs', async () => {
    await member(world(), 'equal', 'equal');
    await declareFor(world(), 'older', 'equal', denyOnly());
    await untilReady(world(), 'older', 1);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // creationTimestamp counts seconds
    await declareFor(world(), 'a-younger', 'equal', denyOnly());
    const finding = await untilFinding(world(), 'equal', 'WeakerBaselineGoverns', { baseline: 'older' });
    expect(finding).to.deep.include({ result: 'warn', object: 'Namespace equal' });
    expect(finding.message).to.contain('same priority');
    expect(conditionOf(await world().baseline('older'), 'Compliant')?.status).to.equal('True');
    expect(await ownerOf(policies('equal', DENY))).to.equal('older');
    await edit(world(), 'a-younger', { priority: 1 });
    await untilOwner('equal', 'a-younger');
    await untilNoFinding(world(), 'equal');
  });

  it('THREATS 15: a higher one that is weaker raises WeakerBaselineGoverns', async () => {
    await edit(world(), 'a-younger', { network: { defaultDeny: ['Ingress'] } });
    const finding = await untilFinding(world(), 'equal', 'WeakerBaselineGoverns', { baseline: 'a-younger' });
    expect(finding.message).to.contain('it does not deny Egress');
    await gone('a-younger');
    await untilNoFinding(world(), 'equal');
    await gone('older');
  });

  it('a RoleBinding whose roleRef changes is made before the old one is broken', async () => {
    await member(world(), 'rebound', 'rebound');
    const [viewer] = FULL_RBAC.roles as readonly AnyObject[];
    const [binding] = FULL_RBAC.roleBindings as readonly AnyObject[];
    await declareFor(world(), 'binds', 'rebound', { rbac: FULL_RBAC });
    await untilReady(world(), 'binds', 1);
    const [old] = await admin().list(bindings('rebound'));
    const mark = await world().mark();
    const moments = await historyOf(world(), bindings('rebound'), async () => {
      await edit(world(), 'binds', {
        rbac: {
          roles: [{ ...viewer, name: 'reader' }],
          roleBindings: [{ ...binding, roleRef: { kind: 'Role', name: 'reader' } }],
        },
      });
      await eventually(async () => expect(await admin().find(roles('rebound', VIEWER))).to.equal(undefined));
      await untilQuiet(world());
    });
    expect(moments.map(({ type, object }) => [type, object.roleRef?.name])).to.deep.equal([
      ['ADDED', 'drawbridge-reader'],
      ['DELETED', 'drawbridge-viewer'],
    ]);
    expect(moments[1]?.name).to.equal(old?.metadata.name);
    expect((await workSince(world(), mark, 'rebound')).map((w) => `${w.verb} ${w.resource}`)).to.deep.equal([
      'create roles',
      'create rolebindings',
      'delete rolebindings',
      'delete roles',
    ]);
    await gone('binds');
  });

  it('a rule that is renamed stands under its new name before the old one is pruned', async () => {
    await member(world(), 'renamed', 'renamed');
    const rule = (name: string) => ({
      name,
      podSelector: { matchLabels: {} },
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 443 }] }],
    });
    await declareFor(world(), 'names', 'renamed', denyOnly({ allow: { rules: [rule('before')] } }));
    await untilReady(world(), 'names', 1);
    await untilQuiet(world());
    const moments = await historyOf(world(), policies('renamed'), async () => {
      await edit(world(), 'names', { network: { allow: { rules: [rule('after')] } } });
      await eventually(async () => expect(await admin().list(policies('renamed'))).to.have.lengthOf(2));
      await untilQuiet(world());
    });
    expect(told(moments)).to.deep.equal(['ADDED drawbridge-rule-after', 'DELETED drawbridge-rule-before']);
    const mark = await world().mark();
    await staysQuiet(world(), mark, 1_500);
    await gone('names');
  });
});
