import { expect } from 'chai';
import { FINALIZER } from '../../src/api/names.ts';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import { namespaceEntry } from '../support/build.ts';
import { refused } from '../support/buildServer.ts';
import { baselineWorld, REF } from './baselineWorld.ts';

describe('the finalizer of a baseline', () => {
  it('THREATS 3: is there exactly while deleting the baseline would prune', async () => {
    const cases: readonly (readonly [Partial<SecurityBaselineSpec>, boolean])[] = [
      [{}, false],
      [{ deletionPolicy: 'Delete' }, true],
      [{ deletionPolicy: 'Delete', suspend: true }, false],
      [{ deletionPolicy: 'Delete', enforcement: 'Audit' }, false],
      [{ deletionPolicy: 'Delete', enforcement: 'Audit', rbac: { enforcement: 'Enforce' } }, true],
    ];
    for (const [spec, expected] of cases) {
      const { run, finalizers } = baselineWorld(spec);
      await run();
      expect(finalizers(), JSON.stringify(spec)).to.deep.equal(expected ? [FINALIZER] : undefined);
    }
  });

  it('is taken off when the baseline goes over to Retain; those of others stay', async () => {
    const { run, finalizers } = baselineWorld({}, { finalizers: [FINALIZER, 'theirs/x'] });
    await run();
    expect(finalizers()).to.deep.equal(['theirs/x']);
  });

  it('names uid and version, so that nothing else is overwritten', async () => {
    const { run, server } = baselineWorld({ deletionPolicy: 'Delete' });
    await run();
    expect(server.writes[0]?.object?.metadata).to.include({ uid: 'u' }).and.to.have.property('resourceVersion');
  });

  it('THREATS 29: does not silence the status where the rights do not allow it', async () => {
    const { run, server, status } = baselineWorld({ deletionPolicy: 'Delete' });
    server.before = ({ object }) => {
      if (object?.metadata?.finalizers !== undefined) throw refused(403);
    };
    expect((await run()).result).to.equal('retry');
    expect(status()?.summary).to.equal('1/1');
  });
});

describe('a baseline that is being deleted', () => {
  const going = (spec: Partial<SecurityBaselineSpec> = { deletionPolicy: 'Delete' }) =>
    baselineWorld(spec, { finalizers: [FINALIZER], deletionTimestamp: 'now' });
  const gone = ({ server }: ReturnType<typeof baselineWorld>): boolean => server.get(REF) === undefined;

  it('THREATS 3: waits for the acknowledged prunes of every namespace, says after five seconds which are left, and goes', async () => {
    const made = going();
    made.state.left = ['a', 'b'];
    expect(await made.run()).to.deep.equal({ result: 'done', againAtMs: 250 });
    expect(made.state.released).to.deep.equal(['u']);
    expect(made.state.told).to.deep.equal([]);
    await made.clock.advance(5_000);
    await made.run();
    expect(made.state.told).to.deep.equal(['a,b']);
    expect(gone(made)).to.equal(false);
    made.state.left = [];
    await made.run();
    expect(gone(made)).to.equal(true);
  });

  it('THREATS 3: does not wait for terminating namespaces, nor for those that are gone', async () => {
    const made = going();
    made.server.index.set(namespaceEntry('a', {}, { deletionTimestamp: 'now' }));
    made.state.left = ['a'];
    await made.run();
    expect(gone(made)).to.equal(true);
  });

  it('THREATS 3: prunes nothing because its CRD goes', async () => {
    const made = going();
    made.state.left = ['a'];
    made.state.crdTerminating = async () => true;
    await made.run();
    expect(made.state.released).to.deep.equal([]);
    expect(gone(made)).to.equal(true);
  });

  it('THREATS 3: neither prunes nor goes while nobody knows whether its CRD goes', async () => {
    const made = going();
    made.state.crdTerminating = () => Promise.reject(new Error('no answer'));
    await made.run().then(
      () => expect.fail('it should come again'),
      () => {},
    );
    expect(made.state.released).to.deep.equal([]);
    expect(gone(made)).to.equal(false);
  });

  it('THREATS 3: prunes nothing while suspended, in Audit, or after it went over to Retain', async () => {
    for (const spec of [
      { deletionPolicy: 'Delete', suspend: true },
      { deletionPolicy: 'Delete', enforcement: 'Audit' },
      { deletionPolicy: 'Retain' },
    ] as const) {
      const made = going(spec);
      made.state.left = ['a'];
      await made.run();
      expect(made.state.released, JSON.stringify(spec)).to.deep.equal([]);
      expect(gone(made)).to.equal(true);
    }
  });

  it('has no status written any more, and is left alone without our finalizer', async () => {
    const made = baselineWorld({}, { finalizers: ['theirs/x'], deletionTimestamp: 'now' });
    expect(await made.run()).to.deep.equal({ result: 'done' });
    expect(made.server.writes).to.have.length(0);
  });
});
