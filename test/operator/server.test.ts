import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { expect } from 'chai';
import { healthPage } from '../../src/operator/health/healthPage.ts';
import type { Page, RunningServer } from '../../src/operator/server.ts';
import { serve, TEXT } from '../../src/operator/server.ts';
import { eventually } from '../support/eventually.ts';

const page = (body: string): Page => ({ status: 200, type: TEXT, body });

describe('the server', () => {
  let server: RunningServer;
  const ask = (path: string, method = 'GET'): Promise<Response> => fetch(`http://${server.address}${path}`, { method });

  before(async () => {
    server = await serve(
      { host: '127.0.0.1', port: 0 },
      {
        '/fine': () => page('ok\n'),
        '/slow': async () => page('later\n'),
        '/broken': () => {
          throw new Error('it broke');
        },
        '/rejects': () => Promise.reject(new Error('it broke later')),
      },
    );
  });
  after(() => server.close());

  it('serves its pages, whatever the query, and says where it listens', async () => {
    expect(server.address).to.match(/^127\.0\.0\.1:\d+$/);
    const answer = await ask('/fine?x=y');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).to.deep.equal([200, TEXT, 'ok\n']);
    expect(await (await ask('/slow')).text()).to.equal('later\n');
  });

  it('answers HEAD without a body', async () => {
    const answer = await ask('/fine', 'HEAD');
    expect([answer.status, await answer.text()]).to.deep.equal([200, '']);
  });

  it('answers 404 to any other path', async () => {
    for (const path of ['/', '/fine/', '/finer', '/constructor', '//fine']) {
      expect((await ask(path)).status, path).to.equal(404);
    }
    expect((await ask('/nothing', 'POST')).status).to.equal(404);
  });

  it('answers 405 to any method that writes', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect((await ask('/fine', method)).status, method).to.equal(405);
    }
  });

  it('answers 500 when a page fails, and goes on', async () => {
    expect((await ask('/broken')).status).to.equal(500);
    expect(await (await ask('/rejects')).text()).to.equal('it broke later\n');
    expect((await ask('/fine')).status).to.equal(200);
  });

  it('takes no more connections than it is told, whoever holds them, and then the next', async () => {
    const few = await serve({ host: '127.0.0.1', port: 0 }, { '/fine': () => page('ok\n') }, 2);
    const open = async (): Promise<Socket> => {
      const socket = connect(Number(few.address.split(':')[1]), '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    try {
      const held = await Promise.all([open(), open()]);
      await once((await open()).resume(), 'close');
      for (const socket of held) socket.destroy();
      await eventually(async () => expect((await fetch(`http://${few.address}/fine`)).status).to.equal(200));
    } finally {
      await few.close();
    }
  });

  it('reads no more of a head than it needs', async () => {
    const { status } = await fetch(`http://${server.address}/fine`, { headers: { padding: 'x'.repeat(10_000) } });
    expect(status).to.equal(431);
  });

  it('cannot be started twice on one port', async () => {
    const port = Number(server.address.split(':')[1]);
    const error = await serve({ host: '127.0.0.1', port }, {}).then(
      () => undefined,
      (reason: NodeJS.ErrnoException) => reason.code,
    );
    expect(error).to.equal('EADDRINUSE');
  });

  it('writes an IPv6 address in brackets', async () => {
    const v6 = await serve({ host: '::1', port: 0 }, {});
    expect(v6.address).to.match(/^\[::1\]:\d+$/);
    await v6.close();
  });
});

describe('the health page', () => {
  it('is 200 with a line for each check when all are well', () => {
    const checks = ['watches', 'queue'].map((name) => ({ name, failing: () => undefined }));
    expect(healthPage(checks)).to.deep.equal(page('[+]watches ok\n[+]queue ok\nok\n'));
    expect(healthPage([])).to.deep.equal(page('ok\n'));
  });

  it('is 500 and says why when any is not', () => {
    const checks = [
      { name: 'watches', failing: () => undefined },
      { name: 'stores', failing: () => 'not known yet: Role' },
    ];
    expect(healthPage(checks)).to.deep.equal({
      status: 500,
      type: TEXT,
      body: '[+]watches ok\n[-]stores failed: not known yet: Role\nfailed\n',
    });
  });
});
