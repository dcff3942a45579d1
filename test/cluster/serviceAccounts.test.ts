import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath, reportPath } from './support/paths.ts';
import { declare } from './support/spec.ts';

const NAME = 'inert';

describe('The default ServiceAccount of a namespace', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const path = (namespace: string): string => `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  const account = (namespace: string): Promise<AnyObject> => admin().get(path(namespace));
  const untilInert = (namespace: string) =>
    eventually(async () => expect((await account(namespace)).automountServiceAccountToken).to.equal(false));
  const work = async (mark: number) =>
    (await workSince(world(), mark))
      .filter(({ resource }) => resource !== 'securitybaselines')
      .map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`);

  it('loses its token by one field, in a namespace that was there before the baseline, and one that came after', async () => {
    await member(world(), 'old', NAME);
    await eventually(() => account('old'));
    await admin().patch(path('old'), { metadata: { labels: { team: 'a' } }, imagePullSecrets: [{ name: 'registry' }] });
    const mark = await world().mark();
    await declare(world(), NAME, { serviceAccounts: { defaultToken: 'Disabled' } });
    await untilInert('old');
    await member(world(), 'new', NAME);
    await untilInert('new');
    await untilReady(world(), NAME, 2);
    const old = await account('old');
    expect([old.metadata.labels, old.imagePullSecrets]).to.deep.equal([{ team: 'a' }, [{ name: 'registry' }]]);
    const ours = old.metadata.managedFields?.find(({ manager }: AnyObject) => manager === 'drawbridge');
    expect(ours).to.deep.include({ operation: 'Apply', fieldsV1: { 'f:automountServiceAccountToken': {} } });
    await untilQuiet(world());
    expect((await work(mark)).sort()).to.deep.equal(['patch serviceaccounts new', 'patch serviceaccounts old']);
  });

  it('is put right when somebody mounts the token, takes the field away, or makes the account anew', async () => {
    await admin().patch(path('old'), { automountServiceAccountToken: true });
    await untilInert('old');
    await admin().patch(path('old'), { automountServiceAccountToken: null });
    await untilInert('old');
    const { uid } = (await account('old')).metadata;
    await admin().delete(path('old'));
    await eventually(async () => expect((await account('old')).metadata.uid).not.to.equal(uid), { withinMs: 20_000 });
    await untilInert('old');
    await untilQuiet(world());
    const { lastDrift } = await admin().get(reportPath('old'));
    expect(lastDrift).to.deep.include({ object: 'ServiceAccount old/default', change: 'modified' });
  });

  it('is left alone in other namespaces and under other names, and a restart writes nothing', async () => {
    await world().namespace('foreign');
    await eventually(() => account('foreign'));
    await admin().create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app', namespace: 'old' } });
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await untilQuiet(world());
    expect(shown(await workSince(world(), mark))).to.deep.equal([]);
    expect(await account('foreign')).not.to.have.property('automountServiceAccountToken');
    expect(await admin().get('/api/v1/namespaces/old/serviceaccounts/app')).not.to.have.property(
      'automountServiceAccountToken',
    );
  });

  it('stays without its token when the baseline goes', async () => {
    await admin().delete(baselinePath(NAME));
    await untilQuiet(world());
    expect((await account('old')).automountServiceAccountToken).to.equal(false);
  });
});
