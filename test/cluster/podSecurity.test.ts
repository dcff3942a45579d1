import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { podCheck } from '../../src/core/podSecurity/checks.ts';
import type { PodLevel } from '../../src/core/podSecurity/level.ts';
import { podInput } from '../../src/core/podSecurity/pod.ts';
import { violationsAt, violationsOf } from '../../src/core/podSecurity/violations.ts';
import { eventually } from '../support/eventually.ts';
import type { AnyObject, KubeResponse, RequestOptions } from '../support/kubeAdmin.ts';
import { podSecurityFixtures } from '../support/podSecurityFixtures.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilQuiet, workSince } from './support/look.ts';
import { baselinePath, namespacePath, reportPath } from './support/paths.ts';
import { declare } from './support/spec.ts';
import { untilFinding, untilNoFinding } from './supportB/findings.ts';

const NAME = 'secure';
const PREFIX = 'pod-security.kubernetes.io/';
const SPEC = { enforce: 'baseline', audit: 'restricted', warn: 'restricted', version: 'v1.36' };
const WITHIN_MS = 20_000;
const DRY_RUN = { query: { dryRun: 'All' } };

describe('The Pod Security level of a namespace', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;

  const levels = async (namespace: string): Promise<Readonly<Record<string, string>>> => {
    const { labels = {} } = (await admin().get(namespacePath(namespace))).metadata;
    const ours = Object.entries(labels as Record<string, string>).filter(([key]) => key.startsWith(PREFIX));
    return Object.fromEntries(ours.map(([key, value]) => [key.slice(PREFIX.length), value]));
  };
  const untilEnforced = (namespace: string, level: string) =>
    eventually(async () => expect(await levels(namespace)).to.include({ enforce: level }), { withinMs: WITHIN_MS });
  const label = (
    namespace: string,
    labels: Readonly<Record<string, string | null>>,
    options?: RequestOptions,
  ): Promise<KubeResponse> => {
    const named = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${PREFIX}${key}`, value]));
    return admin().request('PATCH', namespacePath(namespace), { metadata: { labels: named } }, options);
  };
  const finding = (reason: string, fields = {}) => untilFinding(world(), NAME, reason, fields, WITHIN_MS);

  it('THREATS 13: is first raised when no workload would break, by itself, and says until then which would, and why', async () => {
    await member(world(), NAME, NAME);
    await admin().create(deployment('web', true));
    await eventually(async () => expect(await admin().list(pods(NAME))).to.have.lengthOf(1), { withinMs: WITHIN_MS });
    await declare(world(), NAME, { podSecurity: SPEC });
    const { object, message, check } = await finding('BreaksPodSecurity');
    expect([object, check]).to.deep.equal([`Deployment ${NAME}/web`, 'SB-PSA-004']);
    expect(message).to.contain('container app: securityContext.privileged is true (privileged): leave');
    await finding('RaiseHeld', { result: 'fail', control: 'pod-security.labels' });
    await eventually(async () =>
      expect(await levels(NAME)).to.deep.equal({
        audit: 'restricted',
        'audit-version': 'v1.36',
        warn: 'restricted',
        'warn-version': 'v1.36',
      }),
    );
    // The API server's own opinion on the pods that run.
    const asked = await label(NAME, { enforce: 'baseline' }, DRY_RUN);
    expect(asked.status).to.equal(200);
    expect(asked.warnings.join()).to.match(/existing pods in namespace .*secure.* violate .*privileged/s);
    await admin().patch(deploymentPath('web'), { spec: deployment('web', false).spec });
    await untilEnforced(NAME, 'baseline');
    await untilNoFinding(world(), NAME, undefined, WITHIN_MS);
    const { metadata } = await admin().get(namespacePath(NAME));
    const ours = metadata.managedFields?.find(({ manager }: AnyObject) => manager === 'drawbridge');
    expect(Object.keys(ours?.fieldsV1?.['f:metadata']?.['f:labels'] ?? {})).to.have.lengthOf(6);
  });

  it('THREATS 13: once enforced is put back at once, whatever runs, whoever lowers it or takes it off', async () => {
    // A template is let in, its pods are not.
    await admin().create(deployment('bad', true));
    await finding('BreaksPodSecurity', { object: `Deployment ${NAME}/bad` });
    for (const labels of [{ enforce: 'privileged' }, { enforce: null, 'enforce-version': null }, { warn: null }]) {
      expect((await label(NAME, labels)).status).to.equal(200);
      await eventually(async () => expect(await levels(NAME)).to.include({ enforce: 'baseline', warn: 'restricted' }));
    }
    const { lastDrift } = await eventually(async () => {
      const report = await admin().get(reportPath(NAME));
      expect(report.lastDrift?.object).to.equal(`Namespace ${NAME}`);
      return report;
    });
    expect(lastDrift).to.include({ change: 'modified' });
  });

  it('THREATS 13: is put back by a process that has only the record of it', async () => {
    await world().stopOperator();
    expect((await label(NAME, { enforce: 'privileged' })).status).to.equal(200);
    await world().startOperator();
    await untilEnforced(NAME, 'baseline');
    await finding('BreaksPodSecurity', { object: `Deployment ${NAME}/bad` });
    await admin().delete(deploymentPath('bad'));
    await untilNoFinding(world(), NAME, undefined, WITHIN_MS);
  });

  it("THREATS 13: stays where a team has it stricter, and is told of; the team's own way back ends at the baseline's", async () => {
    await label(NAME, { enforce: 'restricted' });
    expect((await finding('StricterLevelKept')).message).to.contain('enforce is restricted:v1.36');
    expect(await levels(NAME)).to.include({ enforce: 'restricted' });
    await label(NAME, { enforce: 'privileged' });
    await untilEnforced(NAME, 'baseline');
    await untilNoFinding(world(), NAME, undefined, WITHIN_MS);
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await untilQuiet(world());
    expect(shown(await workSince(world(), mark))).to.deep.equal([]);
  });

  it('needs a right that is given by choice, and says which manifest has it', async () => {
    const binding = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/drawbridge-namespace-labels';
    const { roleRef, subjects } = await admin().get(binding);
    await admin().delete(binding);
    await label(NAME, { enforce: 'privileged' });
    await eventually(
      async () => {
        const stalled = conditionOf(await world().baseline(NAME), 'Stalled');
        expect(stalled?.reason).to.equal('MissingRight');
        expect(stalled?.message).to.contain('apply manifests/namespace-labels');
      },
      { withinMs: WITHIN_MS },
    );
    const metadata = { name: 'drawbridge-namespace-labels' };
    await admin().create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef,
      subjects,
    });
    await untilEnforced(NAME, 'baseline');
  });

  it('THREATS 13: gives back what was there before when its baseline lets go, and is never released to nothing', async () => {
    await world().namespace('borrowed', { baseline: 'lender', [`${PREFIX}enforce`]: 'baseline' });
    await declare(world(), 'lender', {
      deletionPolicy: 'Delete',
      podSecurity: { enforce: 'restricted', warn: 'baseline' },
    });
    await untilEnforced('borrowed', 'restricted');
    await eventually(async () => {
      const { sections } = await admin().get(reportPath('borrowed'));
      expect(sections[0].levels?.enforce?.before).to.deep.equal({ level: 'baseline' });
    });
    await admin().delete(baselinePath('lender'));
    await untilEnforced('borrowed', 'baseline');
    expect(await levels('borrowed')).to.include({ warn: 'baseline' });
    await admin().delete(baselinePath(NAME));
    await untilQuiet(world());
    expect(await levels(NAME)).to.include({ enforce: 'baseline', warn: 'restricted' });
  });

  it('is judged as the API server judges it: the same verdict, by the same checks, on every fixture that it lets be tried', async function () {
    const fixtures = podSecurityFixtures();
    if (fixtures === undefined) return this.skip();
    const newest = Math.max(...fixtures.map(({ minor }) => minor));
    const texts = new Set(
      fixtures.filter(({ minor }) => minor === newest).map(({ path }) => readFileSync(path, 'utf8')),
    );
    for (const level of ['baseline', 'restricted'] as const) {
      await world().namespace(`only-${level}`, { [`${PREFIX}enforce`]: level, [`${PREFIX}enforce-version`]: 'latest' });
      await eventually(() => admin().get(`/api/v1/namespaces/only-${level}/serviceaccounts/default`));
      const verdicts = await Promise.all([...texts].map((text) => bothVerdicts(parse(text), level)));
      const tried = verdicts.filter((verdict) => verdict !== undefined);
      expect(tried.length).to.be.above(80);
      expect(tried.map(({ theirs }) => theirs)).to.deep.equal(tried.map(({ ours }) => ours));
    }
  });

  /** Undefined when the pod breaks other rules than these. */
  async function bothVerdicts(pod: AnyObject, level: PodLevel) {
    const found = violationsAt(violationsOf(podInput(pod)), level, { from: 36, to: 36 });
    const ours = [...new Set(found.map(({ check }) => podCheck(check)?.reason ?? check))];
    const { status, body } = await admin().request('POST', pods(`only-${level}`), pod, DRY_RUN);
    if (status === 201) return { ours, theirs: [] };
    if (status !== 403 || !/violates PodSecurity/.test(body.message)) return undefined;
    const theirs = ours.filter((reason) => body.message.includes(reason));
    return { ours, theirs: theirs.length === 0 ? [body.message] : theirs };
  }
});

const pods = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
const deploymentPath = (name: string): string => `/apis/apps/v1/namespaces/${NAME}/deployments/${name}`;

/** No node runs its pods; what is recreated goes at once. */
const deployment = (name: string, privileged: boolean) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: NAME },
  spec: {
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'registry.example/app', securityContext: { privileged } }] },
    },
  },
});
