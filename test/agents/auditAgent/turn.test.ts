import { expect } from 'chai';
import type { Turn } from '../../../src/agents/auditAgent/turn.ts';
import { createTurn } from '../../../src/agents/auditAgent/turn.ts';
import { afterTurn, REFUSED_ANNOTATION, readTurn } from '../../../src/agents/auditAgent/turnRecord.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { KubeError, UnreachableError } from '../../../src/kube/errors.ts';
import type { LeaseLock } from '../../../src/kube/leaseLock.ts';
import { systemClock } from '../../../src/operator/clock.ts';

const PLACE = { namespace: 'drawbridge-audit-agent', name: 'drawbridge-audit-agent' };
const HASH = 'a'.repeat(64);
const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** One Lease in memory, as strict about versions as a server. */
function createLock() {
  let stored: KubeObject | undefined;
  let version = 0;
  let isAway = false;
  const answer = async <T>(work: () => T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (isAway) throw new UnreachableError('ECONNREFUSED', 'GET', '/leases');
    return work();
  };
  const put = (lease: KubeObject): KubeObject => {
    version += 1;
    stored = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } };
    return stored;
  };
  const conflict = (reason: string) => new KubeError({ status: 409, method: 'PUT', path: '/leases', body: { reason } });
  const lock: LeaseLock = {
    ...PLACE,
    read: () => answer(() => stored),
    create: (lease) =>
      answer(() => {
        if (stored !== undefined) throw conflict('AlreadyExists');
        return put(lease);
      }),
    update: (lease) =>
      answer(() => {
        if (stored?.metadata.resourceVersion !== lease.metadata.resourceVersion) throw conflict('Conflict');
        return put(lease);
      }),
  };
  return {
    lock,
    lease: () => stored,
    goes: () => {
      isAway = true;
    },
  };
}

describe('The turn of a node', () => {
  const { signal } = new AbortController();
  let turns: Turn[] = [];
  let server: ReturnType<typeof createLock>;
  const turnOf = (node: string): Turn => {
    const times = { durationMs: 1_000, renewDeadlineMs: 800, retryMs: 20 };
    const turn = createTurn({ lock: server.lock, node, times, clock: systemClock, logger: silent });
    turns.push(turn);
    return turn;
  };
  beforeEach(() => {
    server = createLock();
    turns = [];
  });
  afterEach(async () => {
    await Promise.all(turns.map((turn) => turn.stop()));
  });

  it('is nobody else’s while it lasts', async () => {
    expect(await turnOf('a').take(signal)).to.equal(undefined);
    const other = turnOf('b');
    expect(await other.take(signal)).to.contain('another node holds the Lease');
    expect(await other.look()).to.deep.include({ turn: 'not-mine' });
  });

  it('of two that ask at once is given to one', async () => {
    const nodes = ['a', 'b', 'c'].map(turnOf);
    const answers = await Promise.all(nodes.map((turn) => turn.take(signal)));
    expect(answers.filter((why) => why === undefined)).to.have.lengthOf(1);
  });

  it('stays with a node that died in its roll-out, though the Lease is free', async () => {
    const dead = turnOf('a');
    await dead.take(signal);
    await dead.stop();
    expect(server.lease()?.spec).to.include({ holderIdentity: '' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await turnOf('b').take(signal)).to.equal('node a has not ended its roll-out');
    }
    const again = turnOf('a');
    expect(await again.look()).to.deep.include({ turn: 'mine' });
    await again.leave([], signal);
    expect(await turnOf('b').take(signal)).to.equal(undefined);
  });

  it('is left with what was taken back, which the others then know', async () => {
    const first = turnOf('a');
    await first.take(signal);
    await first.leave([HASH], signal);
    const second = turnOf('b');
    const { refusedElsewhere } = await second.look();
    expect([...refusedElsewhere]).to.deep.equal([[HASH, 'it had to be taken back on node a']]);
    expect((await first.look()).refusedElsewhere.size).to.equal(0);
    await second.take(signal);
    await second.leave([HASH], signal);
    expect(readTurn(server.lease()).refused).to.deep.equal([{ sha256: HASH, node: 'a' }]);
  });

  it('is unknown while the API server is away, and not taken', async () => {
    server.goes();
    const turn = turnOf('a');
    expect(await turn.look()).to.deep.include({ turn: 'unknown' });
    expect(await turn.take(signal)).to.contain('another node holds the Lease');
  });

  it('is unknown when somebody spoilt the record of what was taken back', async () => {
    const turn = turnOf('a');
    await turn.take(signal);
    await turn.leave([HASH], signal);
    for (const spoilt of ['{[', '{}', '[{}]', 'null', '["a"]', '']) {
      const lease = server.lease();
      if (lease === undefined) throw new Error('no Lease');
      const metadata = { ...lease.metadata, annotations: { [REFUSED_ANNOTATION]: spoilt } };
      await server.lock.update({ ...lease, metadata }, signal);
      expect(await turn.look(), spoilt).to.deep.include({ turn: 'unknown' });
    }
  });

  it('is nobody’s where there is no Lease', () => {
    expect(readTurn(undefined)).to.deep.equal({ node: '', refused: [] });
  });

  it('of another node is not ended by this one', () => {
    expect(afterTurn({ node: 'b', refused: [] }, 'a', [])).to.deep.equal({ node: 'b', refused: [] });
  });
});
