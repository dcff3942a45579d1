import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import { reportPath } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { untilFinding } from './supportB/findings.ts';

const NAME = 'closed';
const NAMESPACE = 'legacy';
const WAIVERS = '/apis/drawbridge.dev/v1alpha1/baselinewaivers';
const DENY = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies/drawbridge-default-deny`;
const LONG_MS = 20_000;

describe('THREATS 16: a waiver, by the real clock', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const waive = (name: string, spec: object): Promise<AnyObject> =>
    admin().create({
      apiVersion: 'drawbridge.dev/v1alpha1',
      kind: 'BaselineWaiver',
      metadata: { name },
      spec: {
        namespaces: ['lega*'],
        controls: ['network.default-deny'],
        reason: 'it moves into the mesh',
        approvedBy: 'security@example.com',
        expiresAt: fromNow(600_000),
        ...spec,
      },
    });
  const untilState = (name: string, state: string): Promise<AnyObject> =>
    eventually(
      async () => {
        const waiver = await admin().get(`${WAIVERS}/${name}`);
        expect(waiver.status).to.include({ state, observedGeneration: waiver.metadata.generation });
        return waiver;
      },
      { withinMs: LONG_MS },
    );
  const untilDeny = (stands: boolean) =>
    eventually(async () => expect((await admin().find(DENY)) !== undefined).to.equal(stands), { withinMs: LONG_MS });
  const untilReport = (state: string): Promise<AnyObject> =>
    eventually(
      async () => {
        const report = await admin().get(reportPath(NAMESPACE));
        expect(report.state, JSON.stringify(report)).to.equal(state);
        return report;
      },
      { withinMs: LONG_MS },
    );

  before(async () => {
    await member(world(), NAMESPACE, NAME);
    await member(world(), 'other', NAME);
    await declare(world(), NAME, denyOnly());
    await untilReady(world(), NAME, 2);
  });

  it('removes the deny where it is named alone, says so, and gives it back when it ends, with an Event', async () => {
    const expiresAt = fromNow(6_000);
    const mark = await world().mark();
    await waive('short', { expiresAt });
    await untilDeny(false);
    const report = await untilReport('Waived');
    expect(report.waivers.map(({ waiver, until }: AnyObject) => [waiver, until])).to.deep.equal([['short', expiresAt]]);
    expect(report.layers[0]).to.include({ layer: 'network', state: 'Waived', waiver: 'short', baseline: NAME });
    expect(report.findings).to.have.length(1);
    expect(report.findings[0]).to.include({ result: 'waived', reason: 'Missing', waiver: 'short' });
    await untilDeny(true);
    expect(Date.now(), 'not before its time').to.be.at.least(Date.parse(expiresAt));
    await untilState('short', 'Expired');
    await untilReport('Compliant');
    await eventually(async () => {
      const { items } = await admin().get('/apis/events.k8s.io/v1/namespaces/default/events');
      const reasons = items
        .filter(({ regarding }: AnyObject) => regarding?.name === 'short')
        .map((e: AnyObject) => e.reason);
      expect(reasons).to.include('WaiverExpired');
    });
    const work = (await workSince(world(), mark)).filter(({ resource }) => resource === 'networkpolicies');
    expect(work.map(({ verb, namespace }) => `${verb} ${namespace}`)).to.deep.equal([
      `delete ${NAMESPACE}`,
      `create ${NAMESPACE}`,
    ]);
    await admin().delete(`${WAIVERS}/short`);
  });

  it('of more than 366 days is Refused and waives nothing', async () => {
    await waive('long', { expiresAt: fromNow(367 * 86_400_000) });
    await untilState('long', 'Refused');
    await admin().get(DENY);
    await admin().delete(`${WAIVERS}/long`);
  });

  it('is told over a restart by no write, and ends at once when it is deleted', async () => {
    await waive('until-deleted', {});
    await untilDeny(false);
    await untilState('until-deleted', 'Active');
    await untilReport('Waived');
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await untilQuiet(world());
    expect(shown(await world().writesSince(mark)).filter((write) => !write.includes(' leases '))).to.deep.equal([]);
    expect(await admin().find(DENY)).to.equal(undefined);
    await admin().delete(`${WAIVERS}/until-deleted`);
    await untilDeny(true);
  });

  it('for an object holds for what it was when first seen, over a restart as well', async () => {
    const path = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies`;
    const spec = { podSelector: { matchLabels: { app: 'old' } }, ingress: [{}], policyTypes: ['Ingress'] };
    await admin().create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open', namespace: NAMESPACE },
      spec,
    });
    const untilOpen = (result: string) =>
      untilFinding(world(), NAMESPACE, 'ForeignPolicyOpensNamespace', { result }, LONG_MS);
    await untilOpen('fail');
    await waive('open', {
      controls: ['network.foreign-policies'],
      objects: [{ kind: 'NetworkPolicy', name: 'open' }],
    });
    await untilOpen('waived');
    await world().stopOperator();
    // The same verdict for more pods: what was approved was not this.
    await admin().patch(`${path}/open`, { spec: { podSelector: { matchLabels: null } } });
    await world().startOperator();
    await untilOpen('fail');
    await admin().patch(`${path}/open`, { spec: { podSelector: { matchLabels: { app: 'old' } } } });
    await untilOpen('waived');
    await admin().get(DENY);
  });

  it('THREATS 19: is not waited for where its kind is not served', async () => {
    await admin().delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/baselinewaivers.drawbridge.dev');
    await eventually(async () => expect((await admin().request('GET', WAIVERS)).status).to.equal(404));
    await world().restartOperator('SIGKILL');
    await admin().delete(DENY);
    await untilDeny(true);
  });
});
