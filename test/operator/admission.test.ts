import { expect } from 'chai';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { AdmissionVerdict } from '../../src/core/outcome/admissionVerdict.ts';
import type { KubeRequest } from '../../src/kube/request.ts';
import type { BaselineCandidate } from '../../src/operator/admission/candidates.ts';
import { createAdmissionQuestions } from '../../src/operator/admission/obstacle.ts';
import type { ProbeAnswer } from '../../src/operator/admission/probe.ts';
import type { Obstacle } from '../../src/operator/admission/verdict.ts';
import { createAdmissionController } from '../../src/operator/controllers/admission.ts';
import { baseline, OWN } from '../support/build.ts';
import { createServer, refused } from '../support/buildServer.ts';

const POLICY = 'ValidatingAdmissionPolicy';
const BINDING = 'ValidatingAdmissionPolicyBinding';

const candidate = (name: string, spec: Partial<SecurityBaselineSpec> = {}): BaselineCandidate => ({
  baseline: name,
  generation: 1,
  spec: baseline(name, { admission: 'Deny', ...spec }).spec,
  releasing: false,
});

/** A cluster with baselines, and what keeps their policies. */
function keeping(...candidates: BaselineCandidate[]) {
  const time = { nowMs: 0 };
  const server = createServer(() => time.nowMs);
  const state = {
    candidates,
    verdicts: new Map<string, AdmissionVerdict>(),
    repairs: [] as string[],
    isReady: true,
    obstacle: async (): Promise<Obstacle> => 'NotSynced',
    self: async () => 'system:serviceaccount:drawbridge-system:drawbridge',
    probe: async (): Promise<ProbeAnswer> => 'refused',
    probed: [] as string[],
  };
  const start = () => {
    const reconcile = createAdmissionController({
      ports: server.ports,
      ownNamespace: OWN,
      candidates: () => state.candidates,
      isReady: () => state.isReady,
      obstacle: () => state.obstacle(),
      self: () => state.self(),
      probe: (value) => {
        state.probed.push(value);
        return state.probe();
      },
      onVerdict: (one, verdict) => void state.verdicts.set(one.baseline, verdict),
      onRepair: ({ kind, name }, live, fields) =>
        void state.repairs.push([live === undefined ? 'deleted' : 'modified', kind, name, ...fields].join(' ')),
    });
    return () => reconcile({ key: 'admission', sinceMs: 0, signal: new AbortController().signal });
  };
  let seen = 0;
  const written = (): readonly string[] => {
    const lines = server.writes.slice(seen).map(({ verb, ref }) => `${verb} ${ref.kind} ${ref.name}`);
    seen = server.writes.length;
    return lines;
  };
  const standing = () => server.objects().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return { server, time, state, start, run: start(), written, standing };
}

describe('The keeper of policies at admission', () => {
  it('writes every policy before the first binding, and nothing where nothing differs, nor in the next process', async () => {
    const { run, start, state, written } = keeping(candidate('a'));
    await run();
    const kinds = written().map((line) => line.split(' ')[1]);
    expect(kinds.lastIndexOf(POLICY)).to.be.below(kinds.indexOf(BINDING));
    await run();
    await start()();
    expect(written()).to.deep.equal([]);
    expect(state.verdicts.get('a')).to.include({ status: 'True', reason: 'Enforced' });
    expect(state.repairs).to.deep.equal([]);
  });

  it('never takes away before what takes its place stands, and bindings before policies', async () => {
    const { run, state, written } = keeping(candidate('a'));
    await run();
    written();
    state.candidates = [candidate('a', { admission: 'Audit' })];
    await run();
    const verbs = written();
    expect(verbs.findLastIndex((line) => line.startsWith('create'))).to.be.below(
      verbs.findIndex((line) => line.startsWith('remove')),
    );
    const removed = verbs.filter((line) => line.startsWith('remove')).map((line) => line.split(' ')[1]);
    expect(removed.lastIndexOf(BINDING)).to.be.below(removed.indexOf(POLICY));
  });

  it('puts right what was deleted, edited, owned or given finalizers, and tells', async () => {
    const { run, server, state, written } = keeping(candidate('a'));
    await run();
    written();
    const name = 'drawbridge-own-objects-deny';
    server.delete({ kind: BINDING, namespace: '', name });
    const policy = server.get({ kind: POLICY, namespace: '', name });
    if (policy === undefined) throw new Error('no policy');
    server.put({
      ...policy,
      metadata: { ...policy.metadata, finalizers: ['mallory.example/stay'] },
      spec: { ...(policy.spec as object), failurePolicy: 'Ignore' },
    });
    await run();
    expect(written()).to.deep.equal([`update ${POLICY} ${name}`, `create ${BINDING} ${name}`]);
    expect(state.repairs).to.deep.equal([
      `modified ${POLICY} ${name} /metadata/finalizers /spec/failurePolicy`,
      `deleted ${BINDING} ${name}`,
    ]);
    expect(server.get({ kind: POLICY, namespace: '', name })?.metadata.finalizers).to.equal(undefined);
  });

  it('leaves what stands when its baseline rests or is gone, and prunes when it asks no more', async () => {
    const { run, state, written, standing } = keeping(candidate('a'));
    await run();
    written();
    for (const [candidates, status] of [
      [[candidate('a', { suspend: true })], 'False'],
      [[], undefined],
    ] as const) {
      state.verdicts.clear();
      state.candidates = [...candidates];
      await run();
      expect(state.verdicts.get('a')?.status).to.equal(status);
      expect(written()).to.deep.equal([]);
    }
    state.candidates = [{ ...candidate('a'), spec: baseline('a').spec }];
    await run();
    expect(standing()).to.deep.equal([]);
  });

  it('touches no policy of somebody else', async () => {
    const { run, server, state, standing } = keeping(candidate('a'));
    const metadata = { name: 'theirs', labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } };
    server.put({ apiVersion: 'admissionregistration.k8s.io/v1', kind: POLICY, metadata, spec: {} });
    await run();
    state.candidates = [{ ...candidate('a'), spec: baseline('a').spec }];
    await run();
    expect(standing()).to.deep.equal([`${POLICY} theirs`]);
  });

  it('says nothing in its first moments, then what stands in the way', async () => {
    const { run, state, written } = keeping(candidate('a'));
    state.isReady = false;
    expect((await run()).againAtMs).to.be.a('number');
    expect(state.verdicts.size).to.equal(0);
    await run();
    expect(state.verdicts.get('a')).to.include({ status: 'Unknown', reason: 'NotSynced' });
    for (const [obstacle, status] of [
      ['NotServed', 'False'],
      ['RightsMissing', 'False'],
    ] as const) {
      state.obstacle = async () => obstacle;
      await run();
      expect(state.verdicts.get('a')).to.include({ status, reason: obstacle });
    }
    expect(written()).to.deep.equal([]);
  });

  it('asks nothing of a cluster for a baseline that only audits, and stalls none for a right that it does not need', async () => {
    const { run, state } = keeping(candidate('a', { enforcement: 'Audit' }), candidate('b'));
    state.isReady = false;
    state.obstacle = async () => 'RightsMissing';
    await run();
    expect([...state.verdicts].map(([name, { reason }]) => `${name} ${reason}`)).to.deep.equal([
      'a NotEnforced',
      'b RightsMissing',
    ]);
    state.candidates = [candidate('a', { enforcement: 'Audit' })];
    state.obstacle = () => Promise.reject(new Error('nobody asks'));
    expect(await run()).to.deep.equal({ result: 'done' });
    expect(state.verdicts.get('a')?.reason).to.equal('NotEnforced');
  });

  it('THREATS 23: writes no policy while it does not know whom to exempt', async () => {
    const { run, state, written } = keeping(candidate('a'));
    state.self = () => Promise.reject(new Error('no answer'));
    expect((await run()).result).to.equal('retry');
    expect(written()).to.deep.equal([]);
    expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'NotWritten' });
  });

  it('tells why a policy is refused, without the expression that it is', async () => {
    const { run, server, state } = keeping(candidate('a'));
    server.before = () => {
      throw refused(422, 'spec.variables[4].expression: Invalid value: "[a == \\"b\\"]": too long', {}, 'POST');
    };
    await run();
    expect(state.verdicts.get('a')?.message).to.match(/spec\.variables\[4\]\.expression: invalid: too long$/);
  });

  it('tells a missing right from a server that is away', async () => {
    const { run, server, state } = keeping(candidate('a'));
    server.before = () => {
      throw refused(403, 'forbidden', {}, 'POST');
    };
    server.lacksRight = () => true;
    await run();
    expect(state.verdicts.get('a')).to.include({ reason: 'RightsMissing' });
    server.lacksRight = () => false;
    expect((await run()).result).to.equal('retry');
    expect(state.verdicts.get('a')).to.include({ reason: 'NotWritten' });
  });

  describe('says that they are in force when one was seen to refuse', () => {
    it('and asks again after five minutes, and at once when anything about them differs', async () => {
      const { run, time, state } = keeping(candidate('a'));
      const { againAtMs } = await run();
      expect(againAtMs).to.equal(time.nowMs + 300_000);
      await run();
      expect(state.probed).to.have.length(1);
      state.candidates = [candidate('a', { admission: 'Warn' })];
      await run();
      expect(new Set(state.probed).size).to.equal(2);
      time.nowMs += 300_000;
      await run();
      expect(state.probed).to.have.length(3);
    });

    it('and nothing of new ones within the seconds in which API servers take them up, then that they are not evaluated', async () => {
      const { run, time, state } = keeping(candidate('a'));
      state.probe = async () => 'accepted';
      for (let tick = 0; tick < 10; tick += 1) {
        expect((await run()).againAtMs).to.equal(time.nowMs + 500);
        time.nowMs += 500;
      }
      expect(state.verdicts.size).to.equal(0);
      await run();
      expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'NotEvaluated' });
      state.probe = async () => 'refused';
      time.nowMs += 15_000;
      await run();
      expect(state.verdicts.get('a')).to.include({ status: 'True', reason: 'Enforced' });
    });

    it('and at once that they are not, where they were before', async () => {
      const { run, time, state } = keeping(candidate('a'));
      await run();
      state.probe = async () => 'accepted';
      time.nowMs += 300_000;
      await run();
      expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'NotEvaluated' });
    });

    it('and Unknown where there is no answer, and it goes on', async () => {
      const { run, time, state } = keeping(candidate('a'));
      state.probe = () => Promise.reject(refused(404, 'namespaces "drawbridge-system" not found', {}, 'POST'));
      expect(await run()).to.deep.equal({ result: 'done', againAtMs: time.nowMs + 15_000 });
      expect(state.verdicts.get('a')).to.include({ status: 'Unknown', reason: 'NotProved' });
      expect(state.verdicts.get('a')?.message).to.contain('not found');
    });

    it('and asks nothing where nobody enforces', async () => {
      const { run, state } = keeping(candidate('a', { suspend: true }));
      expect(await run()).to.deep.equal({ result: 'done' });
      expect(state.probed).to.deep.equal([]);
    });
  });
});

describe('What is asked about policies at admission', () => {
  const asking = (
    answer: (path: string, query?: unknown) => unknown,
    lacks: (kind: string) => boolean | undefined = () => false,
  ) =>
    createAdmissionQuestions(
      { host: 'test', json: async <T>({ path, query }: KubeRequest) => answer(path, query) as T },
      async (_verb, kind) => lacks(kind),
      OWN,
    );
  const SERVED = { resources: [{ name: kindRow(POLICY).plural }] };

  it('an API server without them is told from one that lets us not', async () => {
    const gone = (): never => {
      throw refused(404, 'not found', {}, 'GET');
    };
    expect(await asking(gone).obstacle()).to.equal('NotServed');
    expect(await asking(() => ({ resources: [{ name: 'validatingwebhookconfigurations' }] })).obstacle()).to.equal(
      'NotServed',
    );
    expect(
      await asking(
        () => SERVED,
        (kind) => kind === BINDING,
      ).obstacle(),
    ).to.equal('RightsMissing');
    expect(
      await asking(
        () => SERVED,
        () => undefined,
      ).obstacle(),
    ).to.equal('NotSynced');
  });

  it('whether one refuses: only by its own words, and by a dry run alone', async () => {
    const { signal } = new AbortController();
    const says = (status: number, message: string) =>
      asking(() => {
        throw refused(status, message, {}, 'POST');
      }).probe('1', signal);
    const words =
      "denied: ValidatingAdmissionPolicy 'drawbridge-probe-deny' with binding 'drawbridge-probe-deny' denied request";
    expect(await says(403, words)).to.equal('refused');
    for (const [status, message] of [
      [403, 'User "x" cannot create resource "baselinereports"'],
      [403, "ValidatingAdmissionPolicy 'theirs' with binding 'theirs' denied request"],
      [500, words],
    ] as const) {
      expect(await says(status, message).catch(({ status: code }) => code)).to.equal(status);
    }
    const taken = asking(() => {
      throw refused(409, 'already exists', { reason: 'AlreadyExists' }, 'POST');
    });
    expect(await taken.probe('1', signal)).to.equal('accepted');
    const asked: unknown[] = [];
    expect(await asking((...request) => void asked.push(request)).probe('1', signal)).to.equal('accepted');
    expect(asked).to.deep.equal([
      [`/apis/drawbridge.dev/v1alpha1/namespaces/${OWN}/baselinereports`, { dryRun: 'All' }],
    ]);
  });

  it('whether a process before left any', async () => {
    expect(await asking(() => ({ items: [{}] })).anyLeft()).to.equal(true);
    expect(await asking(() => ({ items: [] })).anyLeft()).to.equal(false);
  });
});
