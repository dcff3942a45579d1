import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { RunningServer } from '../../../src/operator/server.ts';
import { serveStatusPage } from '../../../src/operator/statusPage/statusServer.ts';
import type { Delta, Snapshot } from '../../../src/operator/statusPage/wire.ts';
import { contribution } from '../../core/tallies.ts';
import { eventually } from '../../support/eventually.ts';
import type { Known } from './cluster.ts';
import { knownCluster, REPORT, reportEntry } from './cluster.ts';

interface Told {
  readonly event: string;
  readonly data: unknown;
}

describe('the status page', () => {
  let server: RunningServer;
  let known: Known;
  const leaving: AbortController[] = [];

  beforeEach(async () => {
    known = knownCluster();
    known.look('payments', contribution('drifted'));
    known.index.set(reportEntry('payments', REPORT));
    server = await serveStatusPage({ host: undefined, port: 0 }, known);
  });
  afterEach(async () => {
    for (const viewer of leaving.splice(0)) viewer.abort();
    await server.close();
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://${server.address}${path}`, init);
  /** Collects what is told; resolves when the connection stands. */
  const follow = async (): Promise<readonly Told[]> => {
    const controller = new AbortController();
    leaving.push(controller);
    const response = await ask('/events', { signal: controller.signal });
    expect(response.headers.get('content-type')).to.equal('text/event-stream');
    const told: Told[] = [];
    let event = '';
    const body = Readable.fromWeb(response.body as never);
    body.on('error', () => undefined);
    createInterface(body)
      .on('line', (line) => {
        if (line.startsWith('event: ')) event = line.slice('event: '.length);
        if (line.startsWith('data: ')) told.push({ event, data: JSON.parse(line.slice('data: '.length)) });
      })
      .on('error', () => undefined);
    return told;
  };

  it('listens on loopback when no host is written out', () => {
    expect(server.address).to.match(/^127\.0\.0\.1:\d+$/);
  });

  it('runs nothing but its own script, comes into no frame, and is read by no other page', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/api/namespaces/payments', '/nowhere']) {
      const { headers } = await ask(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).to.match(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
      expect(policy).to.contain("frame-ancestors 'none'").and.not.to.contain('unsafe');
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('cross-origin-resource-policy')).to.equal('same-origin');
      expect(headers.get('access-control-allow-origin')).to.equal(null);
    }
    const page = await (await ask('/')).text();
    expect(page, 'inline script or style').not.to.match(/<script>|<style|\son\w+=|style=/);
    expect(page, 'from elsewhere').not.to.match(/https?:/);
  });

  it('can be read, and nothing else', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/', '/events', '/api/namespaces/payments']) {
        expect((await ask(path, { method })).status, `${method} ${path}`).to.equal(405);
      }
    }
    for (const path of ['/assets.ts', '/../package.json', '/api/namespaces', '/constructor', '/metrics']) {
      expect((await ask(path)).status, path).to.equal(404);
    }
    expect((await ask('/', { method: 'HEAD' })).status).to.equal(200);
  });

  it('answers on loopback only to the names of loopback: a name of somebody else that resolves there is refused', async () => {
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const url = `http://${server.address}/api/namespaces/payments`;
        request(url, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    for (const host of ['localhost:9080', '127.0.0.1', '[::1]:9080', server.address]) {
      expect(await statusFor(host), host).to.equal(200);
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1:9080']) {
      expect(await statusFor(host), host).to.equal(421);
    }
  });

  it('has the report of a namespace as it is stored, and says so when there is none', async () => {
    const answer = (await (await ask('/api/namespaces/payments')).json()) as { cell: unknown; report: unknown };
    const { cell, report } = answer;
    expect(cell).to.deep.equal(['payments', 'drifted', ['restricted']]);
    expect(report).to.deep.equal(REPORT);
    known.look('new');
    expect(await (await ask('/api/namespaces/new')).json()).to.deep.equal({
      cell: ['new', 'compliant', ['restricted']],
    });
    expect((await ask('/api/namespaces/kube-system')).status).to.equal(404);
  });

  it('tells first all, then what changes, many changes at once', async () => {
    const told = await follow();
    await eventually(() => expect(told).to.have.length.above(0));
    expect(told[0]?.event).to.equal('snapshot');
    const snapshot = told[0]?.data as Snapshot;
    const { leads, cells, baselines } = snapshot;
    expect({ leads, cells }).to.deep.equal({ leads: true, cells: [['payments', 'drifted', ['restricted']]] });
    expect(baselines.map(({ name }) => name)).to.deep.equal(['restricted']);
    for (let look = 0; look < 500; look++)
      known.look('payments', contribution(look % 2 === 0 ? 'failed' : 'compliant'));
    known.look('other');
    known.ledger.forget('other');
    const change = await eventually(() => {
      const found = told.slice(1).find(({ data }) => (data as Delta).cells.length > 0)?.data as Delta | undefined;
      expect(found, 'a delta').not.to.equal(undefined);
      return found;
    });
    expect(change?.cells).to.deep.equal([['payments', 'compliant', ['restricted']]]);
    expect(change?.gone).to.deep.equal(['other']);
    expect(change?.baselines?.[0]?.counts).to.include({ compliant: 1, drifted: 0 });
  });

  it('turns away who comes when many look already, and makes room when one leaves', async () => {
    const viewers: AbortController[] = [];
    for (let viewer = 0; viewer < 32; viewer++) {
      await follow();
      viewers.push(...leaving.slice(-1));
    }
    expect((await ask('/events')).status).to.equal(503);
    viewers[0]?.abort();
    await eventually(async () => expect(await follow()).to.be.an('array'));
  });
});
