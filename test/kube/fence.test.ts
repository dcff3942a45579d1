import { expect } from 'chai';
import { UnreachableError } from '../../src/kube/errors.ts';
import { elapsedMs, fenced } from '../../src/kube/fence.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeApiServer } from '../support/fakeApiServer.ts';
import { startFakeApiServer } from '../support/fakeApiServer.ts';
import { caught } from './caught.ts';
import { POLICIES_PATH, policy } from './entries.ts';

const PATH = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
const POST = { method: 'POST', path: PATH, body: policy('a') } as const;

describe('The fence', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let open = true;
  const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';
  const expectRefused = async (call: Promise<unknown>): Promise<void> => {
    const error = await caught(call);
    expect(error).to.be.instanceOf(UnreachableError);
    expect((error as UnreachableError).code).to.equal('NOT_LEADING');
  };
  beforeEach(async () => {
    open = true;
    server = await startFakeApiServer();
    transport = createTransport(server.access(), { connections: 1 });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  it('lets writes pass while it is open', async () => {
    await fenced(transport, () => open).json(POST);
    expect(server.requests.filter(isWrite)).to.have.length(1);
  });

  it('sends no write of any kind while it is closed, and goes on reading', async () => {
    open = false;
    const fence = fenced(transport, () => open);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      await expectRefused(fence.json({ ...POST, method }));
    }
    await fence.json({ method: 'GET', path: POLICIES_PATH });
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET']);
  });

  /** A write that waits for the one connection there is; `meanwhile` happens before it gets it. */
  async function writeThatWaits(meanwhile: () => void): Promise<unknown> {
    server.fail(({ method }) => method === 'GET', { type: 'hang' });
    const frees = new AbortController();
    const hanging = caught(transport.json({ method: 'GET', path: POLICIES_PATH, signal: frees.signal }));
    await eventually(() => expect(server.requests).to.have.length(1));
    const waiting = fenced(transport, () => open)
      .json(POST)
      .catch((error: unknown) => error);
    // It has its credentials by then.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.requests).to.have.length(1);
    meanwhile();
    frees.abort();
    await hanging;
    return waiting;
  }

  it('lets pass what waited for a connection while it stayed open', async () => {
    expect(await writeThatWaits(() => {})).to.have.property('kind', 'NetworkPolicy');
    expect(server.requests.filter(isWrite)).to.have.length(1);
  });

  it('holds back what was let pass and then waited for a connection until it closed', async () => {
    const outcome = await writeThatWaits(() => {
      open = false;
    });
    expect(outcome).to.be.instanceOf(UnreachableError).with.property('code', 'NOT_LEADING');
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    expect(server.requests.filter(isWrite)).to.have.length(0);
  });

  it('asks again before a write is sent once more after a 401', async () => {
    server.fail(isWrite, { type: 'status', status: 401, reason: 'Unauthorized' });
    let asked = 0;
    // Open for the first attempt, at the call and on the wire.
    const fence = fenced(transport, () => {
      asked += 1;
      return asked <= 2;
    });
    await expectRefused(fence.json(POST));
    expect(server.requests.filter(isWrite)).to.have.length(1);
  });
});

describe('the time that has passed', () => {
  const since = { monotonicMs: 1_000, wallMs: 50_000 };

  it('is that of the clock that says more', () => {
    expect(elapsedMs(since, { monotonicMs: 4_000, wallMs: 53_000 })).to.equal(3_000);
    expect(elapsedMs(since, { monotonicMs: 1_001, wallMs: 350_000 }), 'the machine slept').to.equal(300_000);
    expect(elapsedMs(since, { monotonicMs: 4_000, wallMs: 0 }), 'somebody set the clock back').to.equal(3_000);
  });
});
