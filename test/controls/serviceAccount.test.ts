import { expect } from 'chai';
import { controls } from '../../src/controls/index.ts';
import { viewOf } from '../../src/core/control/view.ts';
import { mutatedFields } from '../../src/core/gates/mutation.ts';
import { evaluate } from '../../src/core/plan/evaluate.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { applyChange } from '../../src/operator/applyChange.ts';
import { baseline, entry, FACTS, governed, namespaceEntry, withoutSection } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';
import { createServer, refused } from '../support/buildServer.ts';

const inert = withoutSection(baseline('inert', { serviceAccounts: { defaultToken: 'Disabled' } }), 'network');
const account = (content: object = {}, meta: object = {}): Entry => entry('ServiceAccount', 'default', content, meta);
const changesOf = (...live: readonly Entry[]) =>
  evaluate(controls, governed([inert]), viewOf(createIndex(...live), namespaceEntry('payments'), FACTS)).plan.changes;
const MOUNTED = account({ automountServiceAccountToken: true }, { labels: { team: 'a' }, finalizers: ['theirs/x'] });

describe('service-account.default-token', () => {
  it('wants the one field, of an account that is there, whatever else it has', () => {
    expect(changesOf()).to.deep.equal([]);
    expect(changesOf(account({ automountServiceAccountToken: false }, { finalizers: ['theirs/x'] }))).to.deep.equal([]);
    for (const live of [account(), MOUNTED]) {
      expect(changesOf(live)).to.have.length(1);
      expect(changesOf(live)[0]).to.deep.include({
        action: 'update',
        fields: ['/automountServiceAccountToken'],
        urgent: true,
        takeOver: false,
      });
    }
    expect(changesOf(account({}, { deletionTimestamp: 'now', finalizers: ['theirs/x'] }))).to.deep.equal([]);
  });

  it('keeps nothing of an account but that field', () => {
    const { body, labels } = account(
      { automountServiceAccountToken: true, secrets: [{ name: 'x' }] },
      { labels: { a: 'b' } },
    );
    expect({ body, labels }).to.deep.equal({ body: { whole: { automountServiceAccountToken: true } }, labels: {} });
  });

  it('THREATS 4: applies the field with the uid, and makes no account that is gone', async () => {
    const server = createServer(() => 0, MOUNTED);
    server.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'payments', uid: MOUNTED.uid, labels: { team: 'a' } },
      automountServiceAccountToken: true,
    });
    const [change] = changesOf(MOUNTED);
    if (change === undefined) throw new Error('nothing to do');
    const result = await applyChange(change, server.ports, new AbortController().signal);
    expect(result.result).to.equal('written');
    expect(mutatedFields(result)).to.deep.equal([]);
    expect(server.writes.map(({ verb, object }) => [verb, object])).to.deep.equal([
      [
        'apply',
        {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: 'payments', uid: MOUNTED.uid },
          automountServiceAccountToken: false,
        },
      ],
    ]);
    expect(server.get(MOUNTED)?.metadata.labels).to.deep.equal({ team: 'a' });
    server.delete(MOUNTED);
    const again = await applyChange(change, server.ports, new AbortController().signal);
    expect(again.result).to.equal('failed');
    expect(server.get(MOUNTED)).to.equal(undefined);
  });

  it('says so when admission turns the field', async () => {
    const server = createServer(() => 0, MOUNTED);
    server.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'payments', uid: MOUNTED.uid },
    });
    server.admission = (object) => ({ ...object, automountServiceAccountToken: true });
    const [change] = changesOf(MOUNTED);
    if (change === undefined) throw new Error('nothing to do');
    const result = await applyChange(change, server.ports, new AbortController().signal);
    expect(mutatedFields(result)).to.deep.equal(['/automountServiceAccountToken']);
    server.before = () => {
      throw refused(403, 'no', {}, 'PATCH');
    };
    expect((await applyChange(change, server.ports, new AbortController().signal)).result).to.equal('failed');
  });
});
