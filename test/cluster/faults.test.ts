import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { loadClusterAccess } from '../../src/kube/config.ts';
import { createStore } from '../../src/kube/store.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { WatchEvent } from '../../src/kube/watch.ts';
import { watchKind } from '../../src/kube/watch.ts';
import { POLICIES } from '../kube/entries.ts';
import { eventually } from '../support/eventually.ts';
import type { Fault, LoggedRequest, Match, Rule, Verb } from '../support/faultProxy.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../support/install.ts';
import type { Ordeal } from './support/endure.ts';
import { endure } from './support/endure.ts';
import { useFaultyWorld } from './support/faultyWorld.ts';
import { conditionOf, member, shown, untilQuiet, untilReady } from './support/look.ts';
import { bindings, DENY, eventsPath, namespacePath, policies, roles, VIEWER } from './support/paths.ts';
import { DENY_AND_RBAC, expectRight } from './support/right.ts';
import { baselineOf } from './support/spec.ts';
import { findingsIn } from './supportB/findings.ts';

const NAME = 'endures';
const NAMESPACES = ['team-a', 'team-b', 'team-c', 'team-d'];
const WRITES: readonly Verb[] = ['create', 'update', 'patch', 'delete'];
/** Goes at the start, which takes its time; an old event would bring it back. */
const SHORT_LIVED = 'short-lived';
const OPEN = { spec: { ingress: [{}] } };
/** A fault of everything: running watches are ended, so that they meet it as well. */
const RESET: Rule = { match: {}, fault: { type: 'reset' } };

describe('Faults between the operator and the API server', function () {
  this.timeout(60_000);
  const { world, proxy } = useFaultyWorld();
  const admin = () => world().admin;

  before(async () => {
    for (const namespace of [...NAMESPACES, SHORT_LIVED]) await member(world(), namespace, NAME);
    await admin().create(baselineOf(NAME, DENY_AND_RBAC));
    await untilReady(world(), NAME, NAMESPACES.length + 1);
    // The operator's list held it already: only this is an event that shows it alive.
    await admin().patch(namespacePath(SHORT_LIVED), { metadata: { labels: { seen: 'alive' } } });
    await admin().delete(namespacePath(SHORT_LIVED));
    await untilReady(world(), NAME, NAMESPACES.length);
    await untilQuiet(world());
  });

  const deleteDeny = (namespace: string) => admin().delete(policies(namespace, DENY));
  const openDeny = (namespace: string) => admin().patch(policies(namespace, DENY), OPEN);
  const widenRole = (namespace: string) =>
    admin().patch(roles(namespace, VIEWER), { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] });
  const dropBinding = async (namespace: string) => {
    const [binding] = await admin().list(bindings(namespace));
    await admin().delete(bindings(namespace, binding?.metadata.name));
  };
  /** Four ways to drift, one for each namespace, and the writes that put them right. */
  const driftEverywhere = async (): Promise<void> => {
    await deleteDeny('team-a');
    await openDeny('team-b');
    await widenRole('team-c');
    await dropBinding('team-d');
  };
  const REPAIRS = [
    'create networkpolicies team-a',
    'update networkpolicies team-b',
    'update roles team-c',
    'create rolebindings team-d',
  ];
  /** `undenied`: where `meanwhile` deletes the deny. */
  const run = ({ undenied, ...ordeal }: Omit<Ordeal, 'right' | 'standing'> & { readonly undenied?: 'team-a' }) =>
    endure(world(), proxy(), {
      ...ordeal,
      standing: NAMESPACES.filter((namespace) => namespace !== undenied),
      right: () => expectRight(world(), NAMESPACES),
    });
  const runWithDrift = (faults: readonly Rule[], forMs: number, more: Partial<Omit<Ordeal, 'standing'>> = {}) =>
    run({ faults, forMs, meanwhile: driftEverywhere, undenied: 'team-a', writes: REPAIRS, ...more });
  const on = (match: Match, fault: Fault, more: Partial<Rule> = {}): Rule => ({ match, fault, ...more });
  const refuse = (status: 401 | 403 | 409 | 410 | 429 | 500 | 503, match: Match = {}, more: Partial<Rule> = {}): Rule =>
    on(match, { type: 'refuse', status }, more);
  const writesOf = (requests: readonly LoggedRequest[], resource: string, namespace: string) =>
    requests.filter((one) => one.resource === resource && one.namespace === namespace && WRITES.includes(one.verb));
  const failures = async (): Promise<readonly string[]> => {
    const found = await Promise.all(NAMESPACES.map((namespace) => findingsIn(world(), namespace)));
    return found.flatMap((findings, index) =>
      findings.filter(({ result }) => result === 'fail').map(({ reason }) => `${NAMESPACES[index]} ${reason}`),
    );
  };

  describe('that refuse', () => {
    it('429 is waited for as long as it says', async () => {
      const slowly: Fault = { type: 'refuse', status: 429, retryAfterSeconds: 1 };
      const { requests } = await runWithDrift([on({ verbs: WRITES, resources: ['networkpolicies'] }, slowly)], 2_500);
      const tries = writesOf(requests, 'networkpolicies', 'team-a').map(({ atMs }) => atMs);
      expect(tries).to.have.length.within(2, 3);
      // By the proxy's clock, which may see the first request late.
      expect((tries.at(-1) ?? 0) - (tries[0] ?? 0)).to.be.at.least((tries.length - 1) * 900);
    });

    it('500 on all writes is tried again, later and later', async () => {
      const { rightMs } = await runWithDrift([refuse(500, { verbs: WRITES })], 2_500);
      expect(rightMs).to.be.below(5_000);
    });

    it('503 on everything is outlasted, watches included', async () => {
      await runWithDrift([refuse(503), RESET], 2_000);
    });

    it('401, once, is answered with the credentials read anew, and is no failure', async () => {
      const failed = () => world().operator().metric('drawbridge_repairs_total', { result: 'failed' });
      const before = await failed();
      const { requests } = await runWithDrift([refuse(401, { verbs: WRITES }, { times: 1 })], 1_000);
      const codes = writesOf(requests, 'networkpolicies', 'team-a').map(({ code }) => code);
      expect(codes).to.deep.equal([401, 201]);
      expect(await failed()).to.equal(before);
    });

    it('401 on everything is outlasted', async () => {
      await runWithDrift([refuse(401), RESET], 2_000);
    });

    it('403 in one namespace fails that one alone', async () => {
      let bad: readonly string[] = [];
      await run({
        faults: [refuse(403, { verbs: WRITES, resources: ['networkpolicies'], namespace: 'team-b' })],
        forMs: 1_500,
        meanwhile: async () => {
          await driftEverywhere();
          await eventually(async () => {
            bad = await failures();
            expect(bad).to.have.length(1);
          });
          await eventually(async () => {
            const { status } = await world().baseline(NAME);
            expect(status.namespaces).to.deep.include({ governed: 4, failed: 1 });
          });
          await expectRight(world(), ['team-a', 'team-c', 'team-d']);
        },
        undenied: 'team-a',
        writes: REPAIRS,
      });
      expect(bad).to.deep.equal(['team-b RefusedByAdmission']);
      expect(await failures()).to.deep.equal([]);
    });

    it('409 to every PUT is no storm', async () => {
      await runWithDrift([refuse(409, { verbs: ['update'], resources: ['networkpolicies', 'roles'] })], 2_500);
    });

    it('500 to what tells of the work delays no work, and is told afterwards', async () => {
      const telling = ['events', 'baselinereports', 'securitybaselines'];
      await run({
        faults: [refuse(500, { verbs: WRITES, resources: telling })],
        forMs: 2_000,
        meanwhile: async () => {
          await driftEverywhere();
          await eventually(() => expectRight(world(), NAMESPACES), { withinMs: 1_500, everyMs: 20 });
        },
        undenied: 'team-a',
        writes: REPAIRS,
      });
      expect(conditionOf(await world().baseline(NAME), 'Compliant')?.status).to.equal('True');
      expect(await failures()).to.deep.equal([]);
    });
  });

  describe('of watches', () => {
    const watches: Match = { verbs: ['watch'] };
    const causes = (cause: string) => world().operator().metric('drawbridge_watch_restarts_total', { cause });

    it('410 to all running ones is followed by lists, and by no write', async () => {
      const before = await causes('gone');
      const { requests } = await run({
        faults: [on(watches, { type: 'errorEvent', status: 410 }, { times: 20 })],
        forMs: 1_500,
        writes: [],
      });
      expect((await causes('gone')) - before).to.be.at.least(5);
      expect(requests.filter(({ verb }) => verb === 'watch').length).to.be.at.least(5);
    });

    it('500 to all running ones, again and again, is followed by lists', async () => {
      const before = await causes('error');
      await runWithDrift([on(watches, { type: 'errorEvent', status: 500 })], 1_500);
      expect((await causes('error')) - before).to.be.at.least(20);
    });

    it('410 to every one that is opened is outlasted', async () => {
      await runWithDrift([refuse(410, watches), RESET], 2_000);
    });

    it('a line cut in two is not half believed', async () => {
      const before = await causes('malformed');
      await runWithDrift([on(watches, { type: 'truncate' })], 1_000);
      expect((await causes('malformed')) - before).to.be.at.least(1);
    });

    it('a connection cut within a line, again and again, is opened again', async () => {
      await runWithDrift([on(watches, { type: 'cut', afterBytes: 700 }), RESET], 2_000);
    });

    it('closed every 200 ms make no storm, and drift is repaired meanwhile', async () => {
      const { requests } = await run({
        faults: [on(watches, { type: 'closeWatches', everyMs: 200 })],
        forMs: 3_000,
        meanwhile: async () => {
          await driftEverywhere();
          await eventually(() => expectRight(world(), NAMESPACES), { withinMs: 2_900, everyMs: 20 });
        },
        undenied: 'team-a',
        writes: REPAIRS,
      });
      expect(requests.filter(({ verb }) => verb === 'watch').length).to.be.at.least(20);
    });

    it('frozen and thawed go on where they stopped', async () => {
      await runWithDrift([on(watches, { type: 'freeze', after: 'thaw' })], 1_500);
    });

    it('frozen for good are found by their silence, and nothing of it is lost', async () => {
      const idleMs = 1_500;
      const kubeconfig = await world().controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
      const transport = createTransport(loadClusterAccess({ kubeconfig: await proxy().kubeconfig(kubeconfig) }), {
        userAgent: 'frozen',
      });
      const store = createStore([POLICIES.kind]);
      const events: WatchEvent[] = [];
      const subscription = watchKind(transport, POLICIES, { idleMs }).subscribe((event) => {
        events.push(event);
        store.apply(POLICIES.kind, event);
      });
      const bump = (value: string) =>
        admin().patch(policies('team-a', DENY), { metadata: { annotations: { bump: value } } });
      const live = async () => (await admin().get(policies('team-a', DENY))).metadata.resourceVersion;
      const known = () => store.get(POLICIES.kind, 'team-a', DENY)?.resourceVersion;
      try {
        await store.synced([POLICIES.kind]);
        const frozen = proxy().inject(on({ userAgent: 'frozen' }, { type: 'freeze', after: 'dead' }, { times: 1 }));
        expect(frozen.hits()).to.equal(1);
        await bump('unseen');
        const startedMs = performance.now();
        await sleep(idleMs / 2);
        expect(known()).not.to.equal(await live());
        await eventually(async () => expect(known()).to.equal(await live()), { everyMs: 10 });
        console.log(
          `      seen ${Math.round(performance.now() - startedMs)} ms after it, with a limit of ${idleMs} ms`,
        );
        expect(events.find(({ type }) => type === 'interrupted')).to.include({ cause: 'idle' });
        expect(events.filter(({ type }) => type === 'init')).to.have.length(1);
      } finally {
        subscription.unsubscribe();
        await transport.close();
        await bump('over');
        await untilQuiet(world());
      }
    });

    it('that begin too far back bring nothing back', async () => {
      await eventually(async () => expect(await admin().find(namespacePath(SHORT_LIVED))).to.equal(undefined));
      const open = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'was-open' } };
      await admin().post(policies('team-a'), { ...open, spec: { podSelector: {}, ingress: [{}] } });
      await admin().delete(policies('team-a', 'was-open'));
      await untilQuiet(world());
      const before = world().operator().lines().length;
      const mark = await world().mark();
      await run({ faults: [on(watches, { type: 'replay', versionsBack: 1_000 })], forMs: 1_500, writes: [] });
      const tried = (await world().writesSince(mark, { all: true })).filter(({ resource }) => resource !== 'events');
      expect(shown(tried)).to.deep.equal([]);
      const said = world().operator().lines().slice(before);
      expect(said.filter(({ level }) => level === 'error')).to.deep.equal([]);
      expect((await world().baseline(NAME)).status.namespaces.governed).to.equal(NAMESPACES.length);
    });
  });

  describe('that lose what happened', () => {
    /** Reasons of the Events about a namespace's objects since then. */
    const toldSince = async (namespace: string, since: Date): Promise<readonly string[]> => {
      const events = await admin().list(eventsPath(namespace));
      return events.filter(({ eventTime }) => Date.parse(eventTime) >= since.getTime()).map(({ reason }) => reason);
    };
    for (const [what, verb, drift, writes] of [
      ['POST', 'create', deleteDeny, ['create networkpolicies team-a']],
      // With the uid alone in the end, which changes nothing: it stands as it should.
      ['PUT', 'update', openDeny, ['update networkpolicies team-a', 'update networkpolicies team-a']],
    ] as const) {
      const match: Match = { verbs: [verb], resources: ['networkpolicies'] };

      it(`the answer to a ${what} is made up for`, async () => {
        await run({
          faults: [on(match, { type: 'loseAnswer' })],
          forMs: 1_000,
          meanwhile: () => drift('team-a'),
          undenied: 'team-a',
          writes: writes.slice(0, 1),
        });
        expect(await failures()).to.deep.equal([]);
      });

      it(`the answer to a ${what}, and the watch's word of it, are made up for, and nobody is accused`, async () => {
        const since = new Date();
        await run({
          faults: [on(match, { type: 'loseAnswer', heldMs: 300 }, { times: 1 })],
          forMs: 2_000,
          meanwhile: async () => {
            await drift('team-a');
            await sleep(150);
            const frozen = proxy().inject(on({ verbs: ['watch'] }, { type: 'freeze', after: 'thaw' }));
            await sleep(1_700);
            await frozen.lift();
          },
          undenied: 'team-a',
          writes,
        });
        expect(await failures()).to.deep.equal([]);
        expect(await toldSince('team-a', since)).to.satisfy((all: readonly string[]) => !all.includes('TakenOver'));
      });
    }

    it('the answer to a DELETE is made up for', async () => {
      const planted = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'drawbridge-planted', labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } },
        spec: { podSelector: {}, ingress: [{}] },
      };
      await run({
        faults: [on({ verbs: ['delete'] }, { type: 'loseAnswer' })],
        forMs: 1_000,
        meanwhile: () => admin().post(policies('team-a'), planted),
        writes: ['delete networkpolicies team-a'],
      });
      expect(await failures()).to.deep.equal([]);
    });

    it('late answers to writes cause no second one', async () => {
      await runWithDrift([on({ verbs: WRITES }, { type: 'delay', ms: 700, before: 'answer' })], 1_500);
    });
  });

  describe('of the network', () => {
    it('a reset of all connections, five times a second, is followed by new ones', async () => {
      const meanwhile = async (): Promise<void> => {
        await driftEverywhere();
        for (let turn = 0; turn < 10; turn += 1) {
          proxy().resetAll();
          await sleep(200);
        }
      };
      await runWithDrift([RESET, on({}, { type: 'delay', ms: 1, before: 'request' })], 2_500, { meanwhile });
    });

    it('an outage of two seconds is outlasted', async () => {
      const { rightMs } = await runWithDrift([on({}, { type: 'outage' })], 2_000);
      expect(rightMs).to.be.below(5_000);
    });

    it('everything slow is only slow', async () => {
      await runWithDrift([on({}, { type: 'delay', ms: 300, before: 'request' })], 2_000);
    });
  });

  it('at the start of the operator delay it, and half a list is never acted on', async () => {
    const mark = await world().mark();
    const cuts = proxy().inject(on({ verbs: ['watch'] }, { type: 'cut', afterBytes: 2_500 }, { share: 0.7 }));
    const refusals = proxy().inject(refuse(500, { verbs: ['watch', 'get', 'list'] }, { share: 0.3 }));
    await world().operator().kill();
    const operator = await world().startOperator();
    await sleep(2_000);
    await Promise.all([cuts.lift(), refusals.lift()]);
    expect(cuts.hits()).to.be.at.least(3);
    expect(refusals.hits()).to.be.at.least(1);
    await eventually(async () => expect((await operator.health('/readyz')).status).to.equal(200), { withinMs: 15_000 });
    await untilQuiet(world());
    expect(await world().writesSince(mark, { all: true })).to.deep.equal([]);
    await deleteDeny('team-a');
    await eventually(() => expectRight(world(), NAMESPACES));
  });
});
