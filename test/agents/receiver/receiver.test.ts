import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { runReceiver } from '../../../src/agents/receiver/receiver.ts';
import { createEvidenceClient } from '../../../src/operator/evidence/evidenceClient.ts';
import { parsePrometheus } from '../../cluster/supportB/prometheus.ts';
import { createCertificateAuthority } from '../../support/controlPlane/certificates.ts';
import { eventually } from '../../support/eventually.ts';
import type { RawEvent } from './events.ts';
import { eventList, rawEvent, rawEvents } from './events.ts';
import type { Changed, LogLine, Premises, Running } from './running.ts';
import {
  bearer,
  certified,
  createPremises,
  newServerPair,
  optionsOf,
  post,
  send,
  startReceiver,
  TOKEN,
} from './running.ts';

const MIB = 1024 * 1024;

describe('the audit receiver', function () {
  this.timeout(60_000);
  let premises: Premises;
  let running: Running | undefined;
  const start = async (changed: Changed = {}): Promise<Running> => {
    running = await startReceiver(premises, changed);
    return running;
  };
  beforeEach(() => {
    premises = createPremises();
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    premises.remove();
  });

  const refusals: Readonly<Record<string, [Changed, RegExp]>> = {
    'neither certificates nor tokens of callers': [
      { clientCaFile: undefined, tokenFile: undefined },
      /would be open to anybody: give --client-ca-file, --token-file/,
    ],
    'no certificate of its own': [{ certFile: undefined }, /by TLS alone: give --tls-cert-file/],
    'nothing to receive': [{ bindAddress: '0' }, /nothing to receive: give --bind-address or --audit-log/],
    'evidence for anybody': [
      {
        bindAddress: '0',
        auditLogs: ['/nowhere'],
        evidenceBindAddress: ':0',
        clientCaFile: undefined,
        tokenFile: undefined,
      },
      /evidence beyond loopback would be open to anybody/,
    ],
    'names without an authority': [{ clientNames: ['a'], clientCaFile: undefined }, /give --client-ca-file too/],
    'a queue that never has room for a batch': [{ limits: { queueBytes: MIB } }, /would never be taken/],
    'a path that is none': [{ path: 'audit' }, /begins with "\/"/],
  };
  for (const [what, [changed, sentence]] of Object.entries(refusals)) {
    it(`does not start with ${what}, and says what to give`, async () => {
      const logs: LogLine[] = [];
      const failure = await runReceiver(optionsOf(premises, logs, changed), AbortSignal.abort()).catch(
        (error) => error,
      );
      expect(String(failure)).to.match(sentence);
      expect(logs).to.deep.equal([]);
    });
  }

  for (const [what, tokens, sentence] of [
    ['an empty token file', '\n', /is empty/],
    ['a token that can be guessed', 'secret\n', /fewer than 16 characters/],
  ] as const) {
    it(`does not start with ${what}`, async () => {
      writeFileSync(premises.files.tokens, tokens);
      const failure = await runReceiver(optionsOf(premises, []), AbortSignal.abort()).catch((error) => error);
      expect(String(failure)).to.match(sentence);
    });
  }

  it('takes batches from who shows a token, or a certificate, and from nobody else', async () => {
    const { webhook, evidence } = await start();
    const other = createCertificateAuthority('client-ca');
    const statuses = async (options: object) =>
      (await post(webhook, premises, eventList(rawEvents(2)), options)).status;
    expect(await statuses(bearer())).to.equal(200);
    expect(await statuses(certified(premises))).to.equal(200);
    expect(await statuses({}), 'neither').to.equal(401);
    expect(await statuses(bearer(`${TOKEN}x`)), 'another token').to.equal(401);
    expect(await statuses({ headers: { authorization: TOKEN } }), 'no Bearer').to.equal(401);
    expect(await statuses(certified(premises, 'kube-apiserver', other)), 'another authority').to.equal(401);
    await eventually(async () => expect((await evidence.health()).counted).to.equal(4));
  });

  it('takes certificates of the named callers alone', async () => {
    const { webhook } = await start({ clientNames: ['kube-apiserver'], tokenFile: undefined });
    const status = async (name: string) =>
      (await post(webhook, premises, eventList(rawEvents(1)), certified(premises, name))).status;
    expect(await status('kube-apiserver')).to.equal(200);
    expect(await status('system:node:a')).to.equal(401);
  });

  it('takes no session of before: a certificate is looked at each time', async () => {
    const { webhook } = await start({ tokenFile: undefined });
    const { hostname: host, port } = new URL(webhook);
    const options = { ...certified(premises), host, port: Number(port), ca: premises.serverCa.certPem };
    const sessions: Buffer[] = [];
    const first = connect(options as object) as TLSSocket;
    first.on('session', (session: Buffer) => sessions.push(session));
    first.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    first.resume();
    await once(first, 'close');
    for (const session of sessions) {
      const second = connect({ ...options, session } as object) as TLSSocket;
      await once(second, 'secureConnect');
      expect(second.isSessionReused()).to.equal(false);
      second.destroy();
    }
  });

  it('sends strangers away before it reads what they send', async () => {
    const { webhook } = await start();
    // The body never comes: the answer does.
    const { status, headers } = await send(webhook, premises, {}, (outgoing) => outgoing.flushHeaders(), 1_000_000);
    expect(status).to.equal(401);
    expect(headers.connection).to.equal('close');
  });

  it('knows no other path and no other method', async () => {
    const { webhook, evidence } = await start();
    const body = eventList(rawEvents(1));
    expect((await post(webhook.replace('/audit', '/'), premises, body, bearer())).status).to.equal(404);
    expect((await post(webhook, premises, body, { ...bearer(), method: 'PUT' })).status).to.equal(404);
    expect((await post(`${webhook}?timeout=30s`, premises, body, bearer())).status).to.equal(200);
    await eventually(async () => expect((await evidence.health()).counted).to.equal(1));
  });

  it('counts a batch once, however often it is sent', async () => {
    const { webhook, evidence } = await start();
    const body = eventList(rawEvents(400));
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(webhook, premises, body, bearer())));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
    await eventually(async () => {
      const { counted, duplicates, waitingBytes } = await evidence.health();
      expect({ counted, duplicates, waitingBytes }).to.deep.equal({ counted: 400, duplicates: 1600, waitingBytes: 0 });
    });
  });

  it('answers 200 to poison, counts it, and goes on', async () => {
    const { webhook, evidence } = await start();
    for (const poison of ['', 'no JSON', '{"kind":"PodList","apiVersion":"v1","items":[]}', '['.repeat(MIB)]) {
      expect((await post(webhook, premises, Buffer.from(poison), bearer())).status).to.equal(200);
    }
    await post(webhook, premises, eventList([...rawEvents(2), {}, null, 5, rawEvent({ level: 'All' })]), bearer());
    await eventually(async () => {
      const { counted, poison } = await evidence.health();
      expect({ counted, poison }).to.deep.equal({ counted: 2, poison: 6 });
    });
  });

  it('takes a body of 12 MiB', async () => {
    const { webhook, evidence } = await start();
    const items = rawEvents(400).map((one) => ({ ...one, requestObject: { data: 'x'.repeat(30_750) } }));
    const body = eventList(items);
    expect(body.length).to.be.within(11.9 * MIB, 12 * MIB);
    expect((await post(webhook, premises, body, bearer())).status).to.equal(200);
    await eventually(async () => expect((await evidence.health()).counted).to.equal(400));
  });

  for (const how of ['announced', 'not announced'] as const) {
    const sendLarge = (webhook: string, body: Buffer) =>
      send(webhook, premises, bearer(), (out) => out.end(body), how === 'announced' ? body.length : undefined);

    it(`takes the events of a larger one that is ${how}, without what they carry, and says that there was such`, async () => {
      const { webhook, evidence } = await start();
      const items = rawEvents(40).map((one) => ({ ...one, requestObject: { data: '"]}'.repeat(300_000) } }));
      const body = eventList(items);
      expect(body.length).to.be.above(30 * MIB);
      expect((await sendLarge(webhook, body)).status).to.equal(200);
      await eventually(async () => expect((await evidence.health()).counted).to.equal(40));
      const [seen] = await evidence.requests([String((items[39] as RawEvent).auditID)]);
      expect(seen?.events[0]).to.deep.include({ hasRequestObject: true, hasResponseObject: false });
      const { oversized, duplicates, waitingBytes } = await evidence.health();
      expect({ oversized, duplicates, waitingBytes }).to.deep.equal({ oversized: 0, duplicates: 0, waitingBytes: 0 });
    });

    it(`answers 200 to one that is ${how} and no list, so that it is not sent four times more, and says that it is lost`, async () => {
      const { webhook, evidence, logs } = await start();
      expect((await sendLarge(webhook, Buffer.alloc(13 * MIB, 'x'))).status).to.equal(200);
      const { oversized, counted, waitingBytes } = await evidence.health();
      expect({ oversized, counted, waitingBytes }).to.deep.equal({ oversized: 1, counted: 0, waitingBytes: 0 });
      expect(logs.filter(({ level }) => level === 'error').map(({ message }) => message)).to.match(/truncate-enabled/);
      expect((await post(webhook, premises, eventList(rawEvents(1)), bearer())).status).to.equal(200);
    });
  }

  it('answers 429 with Retry-After while too much waits, holds no more than its limit, and loses nothing', async () => {
    const { webhook, evidence } = await start({ limits: { queueBytes: 2 * MIB, maxBodyBytes: 2 * MIB } });
    let letGo = (): void => {};
    const holder = send(
      webhook,
      premises,
      bearer(),
      (outgoing) => {
        outgoing.flushHeaders();
        letGo = () => void outgoing.end(Buffer.alloc(2 * MIB - 1, ' '));
      },
      2 * MIB - 1,
    );
    await eventually(async () => expect((await evidence.health()).waitingBytes).to.equal(2 * MIB - 1));
    let refused = 0;
    const deliver = async (body: Buffer): Promise<void> => {
      for (;;) {
        const { status, headers } = await post(webhook, premises, body, bearer());
        if (status === 200) return;
        expect(status).to.equal(429);
        expect(Number(headers['retry-after'])).to.be.within(1, 10);
        refused += 1;
        expect((await evidence.health()).waitingBytes).to.be.at.most(2 * MIB);
        await sleep(20);
      }
    };
    const bodies = Array.from({ length: 30 }, () => eventList(rawEvents(40)));
    const all = Promise.all(bodies.map(deliver));
    await eventually(() => expect(refused).to.be.at.least(30));
    letGo();
    await all;
    expect((await holder).status).to.equal(200);
    await eventually(async () => {
      const health = await evidence.health();
      expect(health.counted).to.equal(1_200);
      expect(health.duplicates).to.equal(0);
      expect(health.refused).to.equal(refused);
      expect(health.waitingBytes).to.equal(0);
    });
  });

  it('answers 429 to one whose size was not announced, too', async () => {
    const { webhook, evidence } = await start({ limits: { queueBytes: 2 * MIB, maxBodyBytes: 2 * MIB } });
    let letGo = (): void => {};
    const holder = send(
      webhook,
      premises,
      bearer(),
      (outgoing) => {
        outgoing.flushHeaders();
        letGo = () => void outgoing.destroy();
      },
      1.5 * MIB,
    ).catch(() => undefined);
    await eventually(async () => expect((await evidence.health()).waitingBytes).to.equal(1.5 * MIB));
    const { status } = await send(webhook, premises, bearer(), (outgoing) => outgoing.end(Buffer.alloc(MIB, ' ')));
    expect(status).to.equal(429);
    expect((await evidence.health()).waitingBytes).to.equal(1.5 * MIB);
    letGo();
    await holder;
    await eventually(async () => expect((await evidence.health()).waitingBytes).to.equal(0));
  });

  it('lets go of who sends a byte now and then, and of what was reserved for it', async () => {
    const { webhook, evidence } = await start({ limits: { requestTimeoutMs: 1_000, queueBytes: 12 * MIB } });
    const slow = send(
      webhook,
      premises,
      bearer(),
      (outgoing) => {
        const timer = setInterval(() => outgoing.write('x'), 100);
        outgoing.on('close', () => clearInterval(timer));
        outgoing.on('error', () => clearInterval(timer));
      },
      12 * MIB,
    ).then(
      ({ status }) => status,
      () => 'cut',
    );
    await eventually(async () => expect((await evidence.health()).waitingBytes).to.equal(12 * MIB));
    expect((await post(webhook, premises, eventList(rawEvents(1)), bearer())).status, 'no room').to.equal(429);
    expect(await slow).to.be.oneOf([408, 'cut']);
    await eventually(async () => expect((await evidence.health()).waitingBytes).to.equal(0));
    expect((await post(webhook, premises, eventList(rawEvents(1)), bearer())).status).to.equal(200);
  });

  it('answers 503 when the disk does not take a batch: it is sent again', async () => {
    const { webhook, evidence } = await start({ stateDir: premises.files.state });
    premises.remove();
    const { status } = await post(webhook, premisesOf(premises), eventList(rawEvents(1)), bearer());
    expect(status).to.equal(503);
    const { refused, counted, waitingBytes } = await evidence.health();
    expect({ refused, counted, waitingBytes }).to.deep.equal({ refused: 1, counted: 0, waitingBytes: 0 });
  });

  describe('when its files change', () => {
    it('serves the new certificate to new connections, and keeps those that are open', async () => {
      const { webhook, logs } = await start();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const serial = async (): Promise<string> => {
        const { hostname: host, port } = new URL(webhook);
        const socket = connect({ host, port: Number(port), ca: premises.serverCa.certPem });
        await once(socket, 'secureConnect');
        const { serialNumber } = socket.getPeerCertificate();
        socket.destroy();
        return serialNumber;
      };
      const old = await serial();
      expect((await post(webhook, premises, eventList(rawEvents(1)), { ...bearer(), agent })).status).to.equal(200);
      const pair = newServerPair(premises);
      premises.replace('cert', pair.certPem);
      await eventually(() =>
        expect(
          logs.map(({ level }) => level),
          'the pair does not match yet',
        ).to.include('error'),
      );
      expect(await serial(), 'the last good one stays').to.equal(old);
      premises.replace('key', pair.keyPem);
      await eventually(async () => expect(await serial()).to.not.equal(old));
      expect((await post(webhook, premises, eventList(rawEvents(1)), { ...bearer(), agent })).status).to.equal(200);
      agent.destroy();
    });

    it('takes the new tokens and authorities alone', async () => {
      const { webhook } = await start();
      const status = async (options: object) =>
        (await post(webhook, premises, eventList(rawEvents(1)), options)).status;
      const before = certified(premises);
      const next = createCertificateAuthority('next-ca');
      premises.replace('tokens', `another-token-of-the-api-server\n${TOKEN}-2\n`);
      premises.replace('clientCa', next.certPem);
      await eventually(async () => expect(await status(bearer())).to.equal(401));
      expect(await status(bearer(`${TOKEN}-2`))).to.equal(200);
      await eventually(async () => expect(await status(before)).to.equal(401));
      expect(await status(certified(premises, 'kube-apiserver', next))).to.equal(200);
    });

    it('keeps the last tokens when the file is emptied', async () => {
      const { webhook, logs } = await start();
      premises.replace('tokens', '');
      await eventually(() => expect(logs.map(({ level }) => level)).to.include('error'));
      expect((await post(webhook, premises, eventList(rawEvents(1)), bearer())).status).to.equal(200);
      expect((await post(webhook, premises, eventList(rawEvents(1)))).status).to.equal(401);
      expect(
        logs.filter(({ level }) => level === 'error'),
        'said once',
      ).to.have.length(1);
    });
  });

  describe('asked for evidence', () => {
    const deny = { group: 'networking.k8s.io', resource: 'networkpolicies', namespace: 'payments', name: 'deny' };
    const deletion = () =>
      rawEvent({
        auditID: 'the-deletion',
        verb: 'delete',
        user: { username: 'mallory', groups: ['devs'] },
        objectRef: { apiGroup: deny.group, resource: deny.resource, namespace: deny.namespace, name: deny.name },
      });

    it('says what came with an Audit-ID, who changed an object, and how it is', async () => {
      const { webhook, evidence } = await start();
      await post(webhook, premises, eventList([deletion(), rawEvent({ auditID: 'other' })]), bearer());
      await eventually(async () => expect((await evidence.health()).counted).to.equal(2));
      const [seen, ...more] = await evidence.requests(['unknown', 'the-deletion']);
      expect(more).to.deep.equal([]);
      expect(seen?.total).to.equal(1);
      expect(seen?.events[0]).to.deep.include({
        auditId: 'the-deletion',
        verb: 'delete',
        code: 200,
        impersonated: undefined,
      });
      expect(seen?.events[0]?.user).to.deep.equal({ name: 'mallory', groups: ['devs'] });
      const changes = await evidence.changes(deny);
      expect(changes.map(({ verb, user, auditId }) => ({ verb, user, auditId }))).to.deep.equal([
        { verb: 'delete', user: 'mallory', auditId: 'the-deletion' },
      ]);
      expect(await evidence.changes({ ...deny, name: 'other' })).to.deep.equal([]);
      const health = await evidence.health();
      expect(Date.parse(health.lastEventAt ?? '')).to.be.at.least(Date.parse(health.since));
      expect(health.lagMs).to.be.greaterThan(0);
    });

    it('beyond loopback answers by TLS, and to its callers alone', async () => {
      // All addresses: as a Service reaches it.
      const { evidence, evidenceUrl } = await start({ evidenceBindAddress: '0.0.0.0:0' });
      expect(evidenceUrl).to.match(/^https:/);
      expect((await evidence.health()).counted).to.equal(0);
      const stranger = createEvidenceClient({ url: evidenceUrl, caFile: premises.files.serverCa });
      const failure = await stranger.health().catch((error) => error);
      await stranger.close();
      expect(String(failure)).to.match(/NoEvidenceError: localhost:\d+ gives no evidence: it answers 401/);
    });

    it('is a failure that says so when there is no receiver, and never an empty answer', async () => {
      const { evidenceUrl } = await start();
      await running?.stop();
      running = undefined;
      const client = createEvidenceClient({ url: evidenceUrl });
      for (const ask of [() => client.requests(['a']), () => client.changes(deny), () => client.health()]) {
        expect(String(await ask().catch((error) => error))).to.match(/NoEvidenceError/);
      }
      await client.close();
      expect(() => createEvidenceClient({ url: 'http://receiver.audit.svc:8444' })).to.throw('write https://');
    });
  });

  it('says how it is in metrics, all of its table, and on /healthz and /readyz', async () => {
    const { webhook, metrics, health, evidence } = await start();
    await post(webhook, premises, eventList(rawEvents(3)), bearer());
    await post(webhook, premises, eventList(rawEvents(1)));
    await eventually(async () => expect((await evidence.health()).counted).to.equal(3));
    const families = parsePrometheus(await (await fetch(metrics)).text());
    const samples = (name: string) => families.get(`drawbridge_audit_receiver_${name}`)?.samples;
    expect(samples('requests_total')).to.include('drawbridge_audit_receiver_requests_total{result="oversized"} 0');
    expect(samples('requests_total')?.filter((line) => !line.endsWith(' 0'))).to.have.members([
      'drawbridge_audit_receiver_requests_total{result="accepted"} 1',
      'drawbridge_audit_receiver_requests_total{result="unauthorized"} 1',
    ]);
    expect(samples('events_total')).to.deep.equal([
      'drawbridge_audit_receiver_events_total{source="webhook",result="counted"} 3',
    ]);
    // Nothing has changed on disk yet, and the first failure is to be an increase.
    expect(samples('reloads_total')).to.deep.equal([
      'drawbridge_audit_receiver_reloads_total{result="used"} 0',
      'drawbridge_audit_receiver_reloads_total{result="failed"} 0',
    ]);
    expect(samples('remembered_keys')).to.deep.equal(['drawbridge_audit_receiver_remembered_keys 3']);
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${health}${path}`)).status, path).to.equal(200);
  });

  it('takes up all that it acknowledged before it ends', async () => {
    const { webhook, logs, stop } = await start();
    await Promise.all(Array.from({ length: 20 }, () => post(webhook, premises, eventList(rawEvents(400)), bearer())));
    await stop();
    running = undefined;
    expect(logs.at(-1)).to.deep.include({ message: 'all that was acknowledged has been taken up', counted: 8_000 });
  });
});

/** Its certificates are still in memory when its directory is gone. */
function premisesOf(gone: Premises): Premises {
  const fresh = createPremises();
  writeFileSync(fresh.files.serverCa, gone.serverCa.certPem);
  setTimeout(fresh.remove, 5_000).unref();
  return fresh;
}
