import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { useWorkplace } from './run.ts';
import { BASELINE, GOOD, NAMESPACE, OPEN_POLICY, waiverOf } from './samples.ts';

const GOLDEN = join(import.meta.dirname, 'rendered.golden.yaml');

describe('drawbridge render', () => {
  const at = useWorkplace();
  const render = (...args: readonly string[]) => at().run(['render', ...args]);
  const names = (text: string): readonly string[] =>
    parseAllDocuments(text).map((document) => `${document.get('kind')} ${document.getIn(['metadata', 'name'])}`);

  it('writes what the operator holds in a namespace, byte for byte as before', async () => {
    at().write(GOOD);
    const { code, out, err } = await render('.');
    expect([code, err]).to.deep.equal([0, 'namespaces: 1, objects: 6\n']);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, out);
    expect(out).to.equal(readFileSync(GOLDEN, 'utf8'));
  });

  it('writes the same whatever else is in the namespace, and whatever was written there before', async () => {
    at().write(GOOD);
    const { out } = await render('.');
    at().write({ 'before.yaml': out.replaceAll('Ingress', 'Egress'), 'open.yaml': OPEN_POLICY });
    expect((await render('.')).out).to.equal(out);
  });

  it('leaves out what a waiver exempts, and says so', async () => {
    at().write({ ...GOOD, 'waiver.yaml': waiverOf('rbac.roles') });
    const { out, err } = await render('.');
    expect(names(out).filter((name) => name.startsWith('Role'))).to.deep.equal([]);
    expect(err).to.contain('not written (Waived): 2 objects, such as Role payments/drawbridge-viewer');
  });

  it('writes the same as a list of JSON, and as a table', async () => {
    at().write(GOOD);
    const yaml = parseAllDocuments((await render('.')).out).map((document) => document.toJS());
    expect(JSON.parse((await render('-o', 'json', '.')).out)).to.deep.equal({
      apiVersion: 'v1',
      kind: 'List',
      items: yaml,
    });
    expect((await render('-o', 'table', '.')).out).to.match(
      /^NAMESPACE +KIND +NAME +BASELINE\npayments +NetworkPolicy/,
    );
  });

  it('renders for one namespace alone, and for one that is not there yet', async () => {
    at().write({ ...GOOD, 'shop.yaml': NAMESPACE.replace('payments', 'shop') });
    const shop = await render('-n', 'shop', '.');
    expect([...new Set(shop.out.match(/namespace: \w+/g))]).to.deep.equal(['namespace: shop']);
    const depot = await render('-n', 'depot', '--namespace-labels', 'baseline=restricted,team=x', '.');
    expect(depot.out).to.equal(shop.out.replaceAll('shop', 'depot').replaceAll('team-pay', 'team-x'));
  });

  it('leaves out what rests on what files do not tell, says so, and ends with 1', async () => {
    at().write({ ...GOOD, 'baseline.yaml': BASELINE.replace(/dns: .*/, 'dns: {}') });
    const { code, out, err } = await render('.');
    expect(code).to.equal(1);
    expect(names(out)).to.not.include('NetworkPolicy drawbridge-allow-dns');
    expect(err).to.match(/^left out: baseline.yaml:7:3: DnsUnknown: /);
  });

  it('writes nothing of a baseline that only reports, and says how much that is', async () => {
    at().write({ ...GOOD, 'baseline.yaml': BASELINE.replace('Enforce', 'Audit') });
    const { code, out, err } = await render('.');
    expect([code, out]).to.deep.equal([0, '']);
    expect(err).to.match(/^not written \(Audit\): 6 objects, such as NetworkPolicy payments\/drawbridge-allow-dns\n/);
  });

  it('says what it was given and did not take as it stands', async () => {
    const twice = BASELINE.replace('Enforce', 'Audit');
    const unserved = OPEN_POLICY.replace('networking.k8s.io/v1', 'extensions/v1beta1');
    at().write({ ...GOOD, 'again.yaml': twice, 'old.yaml': unserved, 'charts/web/Chart.yaml': 'name: web\n' });
    const { code, err } = await render('.');
    expect(code).to.equal(0);
    expect(err).to.contain('baseline.yaml:1:1: SecurityBaseline restricted stands also at again.yaml:1, and not alike');
    expect(err).to.contain('old.yaml:1:1: no server has extensions/v1beta1 NetworkPolicy');
    expect(err).to.contain('charts/web/Chart.yaml:1:1: it is a Helm chart');
  });

  it('refuses to render what an API server would not take', async () => {
    at().write({ ...GOOD, 'baseline.yaml': BASELINE.replace('Enforce', 'enforce') });
    const { code, out, err } = await render('.');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.match(/^error: baseline.yaml:5:3: "enforce" is none of the values: write one of Audit, Enforce\n/);
  });

  it('takes files or a cluster, and both only where that is said', async () => {
    at().write(GOOD);
    expect((await render('--context', 'x', '.')).err).to.contain('write --live');
    expect((await render('--facts', 'grantable.yaml')).err).to.contain('a cluster tells its facts itself');
    expect((await render('--live', '--kubeconfig', '/nowhere', '.')).code).to.equal(2);
    expect((await render('grantable.yaml')).err).to.contain('there is no SecurityBaseline');
  });
});
