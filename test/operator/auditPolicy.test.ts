import { expect } from 'chai';
import { AUDIT_POLICY_NAME } from '../../src/api/names.ts';
import { markIn } from '../../src/audit/compile/mark.ts';
import type { AuditSection } from '../../src/audit/compile/section.ts';
import type { AuditVerdict } from '../../src/core/outcome/auditVerdict.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { sha256 } from '../../src/kube/sha256.ts';
import type { BaselineSource } from '../../src/operator/auditPolicy/sources.ts';
import { createAuditPolicyController } from '../../src/operator/controllers/auditPolicy.ts';
import { createServer, refused } from '../support/buildServer.ts';

const NAMESPACE = 'drawbridge-system';
const GOOD: AuditSection = { level: 'Metadata', rules: [] };
const MORE: AuditSection = { level: 'Request', rules: [] };
const BAD: AuditSection = { level: 'None', rules: [] };
const POINTER = { kind: 'ConfigMap', namespace: NAMESPACE, name: AUDIT_POLICY_NAME };

const source = (baseline: string, section: AuditSection, active = true): BaselineSource => ({
  baseline,
  uid: `uid-${baseline}`,
  generation: 1,
  section,
  active,
});

/** A cluster with audit sections, and what publishes them. */
function publishing(...sources: BaselineSource[]) {
  const server = createServer();
  const state = {
    sources,
    verdicts: new Map<string, AuditVerdict>(),
    repairs: [] as string[],
    isReady: true,
    marks: [] as (string | undefined)[],
  };
  const start = () => {
    const reconcile = createAuditPolicyController({
      ports: server.ports,
      ownNamespace: NAMESPACE,
      sources: () => state.sources,
      isReady: () => state.isReady,
      onVerdict: ({ baseline }, verdict) => void state.verdicts.set(baseline, verdict),
      onPublished: ({ mark, before }) => {
        state.marks = [mark, before];
      },
      onRepair: (live: Entry | undefined, name, fields) =>
        void state.repairs.push([live === undefined ? 'deleted' : 'modified', name, ...fields].join(' ')),
    });
    return () => reconcile({ key: 'audit-policy', sinceMs: 0, signal: new AbortController().signal });
  };
  const data = (name = AUDIT_POLICY_NAME): Readonly<Record<string, string>> =>
    (server.get({ ...POINTER, name })?.data as Record<string, string> | undefined) ?? {};
  const names = () => server.objects().map(({ metadata }) => metadata.name);
  return { server, state, start, run: start(), data, names, current: () => data().configMap ?? '' };
}

describe('the published audit policy', () => {
  it('is a ConfigMap named by its hash that nobody can change, and one that points to it, made in this order', async () => {
    const { server, run, data, current, state } = publishing(source('a', GOOD));
    expect(await run()).to.deep.equal({ result: 'done' });
    expect(server.writes.map(({ verb, ref }) => [verb, ref.name])).to.deep.equal([
      ['create', current()],
      ['create', AUDIT_POLICY_NAME],
    ]);
    expect(data().sha256).to.equal(sha256(data(current())['policy.yaml'] ?? ''));
    expect(current()).to.equal(`${AUDIT_POLICY_NAME}-${data().sha256?.slice(0, 16)}`);
    expect(server.get({ ...POINTER, name: current() })?.immutable).to.equal(true);
    expect(state.verdicts.get('a')).to.include({ status: 'True', reason: 'Published' });
  });

  it('is not written again when it is right, nor by the process that comes after', async () => {
    const { server, run, start } = publishing(source('a', GOOD));
    await run();
    await run();
    await start()();
    expect(server.writes).to.have.length(2);
  });

  it('waits for the ConfigMaps to be known', async () => {
    const { server, run, state } = publishing(source('a', GOOD));
    state.isReady = false;
    await run();
    expect([server.writes.length, state.verdicts.size]).to.deep.equal([0, 0]);
  });

  it('changes its name with its content, keeps the one before, and lets older ones go', async () => {
    const { run, state, data, current, names } = publishing(source('a', GOOD));
    await run();
    const first = current();
    state.sources = [source('a', MORE)];
    await run();
    const second = current();
    expect([data().previous, names()].flat()).to.have.members([first, first, second, AUDIT_POLICY_NAME]);
    expect(state.marks).to.deep.equal([second, first].map((name) => markIn(data(name)['policy.yaml'] ?? '')));
    expect(new Set(state.marks).size).to.equal(2);
    state.sources = [source('a', { level: 'RequestResponse', rules: [] })];
    await run();
    expect(names()).to.have.members([second, current(), AUDIT_POLICY_NAME]);
    expect(data().previous).to.equal(second);
    expect(state.repairs).to.deep.equal([]);
  });

  it('stays when a section lints badly, also for a process that knows it from the ConfigMap alone', async () => {
    const { server, run, start, state, current } = publishing(source('a', MORE));
    await run();
    const before = current();
    state.sources = [source('a', BAD)];
    await run();
    await start()();
    expect(current()).to.equal(before);
    expect(server.writes).to.have.length(2);
    expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'AuditSectionRefused', stalls: true });
    expect(state.verdicts.get('a')?.message).to.match(/exec-unseen.*its last good form stays published/);
  });

  it('stays when its baselines only audit, or are gone', async () => {
    const { server, run, state } = publishing(source('a', GOOD));
    await run();
    state.sources = [source('a', MORE, false)];
    await run();
    expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'NotEnforced', stalls: false });
    state.sources = [];
    await run();
    expect(server.writes).to.have.length(2);
  });

  it('is put right when it is deleted, edited, or another one stands under its name', async () => {
    const { server, run, state, current, data } = publishing(source('a', GOOD));
    await run();
    const name = current();
    const text = data(name)['policy.yaml'];
    server.delete(POINTER);
    server.sync();
    await run();
    expect(current()).to.equal(name);
    const pointer = server.get(POINTER);
    if (pointer === undefined) throw new Error('no pointer');
    server.put({ ...pointer, data: { ...data(), configMap: 'mine' } });
    await run();
    expect([current(), data().previous]).to.deep.equal([name, undefined]);
    server.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...POINTER, name, uid: 'other' },
      data: { 'policy.yaml': 'mine' },
    });
    await run();
    expect(data(name)['policy.yaml']).to.equal(text);
    expect(state.repairs.map((line) => line.split(' ').slice(0, 2))).to.deep.equal([
      ['deleted', AUDIT_POLICY_NAME],
      ['modified', AUDIT_POLICY_NAME],
      ['modified', name],
    ]);
  });

  it('keeps the policy to go back to when the pointer is deleted, whoever puts it right', async () => {
    for (const who of ['the same process', 'the next one']) {
      const { server, run, start, state, data, names, current } = publishing(source('a', GOOD));
      await run();
      const first = current();
      state.sources = [source('a', MORE)];
      await run();
      server.delete(POINTER);
      server.sync();
      await (who === 'the next one' ? start() : run)();
      expect(data().previous, who).to.equal(first);
      await run();
      expect(names(), who).to.include(first);
    }
  });

  it('is tried again when it cannot be written, and the baseline says why', async () => {
    const { server, run, state } = publishing(source('a', GOOD));
    server.before = () => {
      throw refused(500, 'etcd is away', {}, 'POST');
    };
    expect((await run()).result).to.equal('retry');
    expect(state.verdicts.get('a')).to.include({ status: 'False', reason: 'NotWritten', stalls: false });
    server.before = () => {};
    await run();
    expect(state.verdicts.get('a')?.status).to.equal('True');
  });

  it('stalls the baseline when the right to write it is missing', async () => {
    const { server, run, state } = publishing(source('a', GOOD));
    server.before = () => {
      throw refused(403, 'forbidden', {}, 'POST');
    };
    server.lacksRight = () => true;
    await run();
    expect(state.verdicts.get('a')).to.include({ reason: 'MissingRight', stalls: true });
  });

  it('trusts no section in the ConfigMap that is none', async () => {
    const { server, run, state, current } = publishing(source('a', BAD));
    const sections = JSON.stringify({ 'uid-a': { level: 'Everything', rules: [] } });
    server.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: POINTER, data: { sections } });
    await run();
    expect(current()).to.equal('');
    expect(state.verdicts.get('a')?.message).to.contain('nothing of it is published');
  });
});
