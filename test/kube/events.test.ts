import { expect } from 'chai';
import type { EventLoss, EventNote, EventRecorderOptions } from '../../src/kube/events.ts';
import { createEventRecorder } from '../../src/kube/events.ts';
import type { JsonTransport, KubeRequest } from '../../src/kube/transport.ts';
import { createVirtualTime } from './virtualTime.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const note = (more: Partial<EventNote> = {}): EventNote => ({
  regarding: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    namespace: 'payments',
    name: 'deny',
    uid: 'u',
  },
  type: 'Warning',
  reason: 'DriftRepaired',
  action: 'Update',
  note: 'spec.ingress was widened by kubectl',
  ...more,
});
const about = (name: string) => note({ regarding: { ...note().regarding, name, uid: name } });

/** Promises settle between two steps of virtual time. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

interface Sent extends KubeRequest {
  readonly body: Record<string, unknown>;
}

function recording(options: Partial<EventRecorderOptions> = {}) {
  const { scheduler, advance } = createVirtualTime(START_MS);
  const sent: Sent[] = [];
  const losses: EventLoss[] = [];
  let answer: () => Promise<unknown> = () => Promise.resolve({});
  const transport: JsonTransport = {
    host: 'fake',
    json: <T>(request: KubeRequest) => {
      sent.push(request as Sent);
      return answer() as Promise<T>;
    },
  };
  const recorder = createEventRecorder(transport, {
    reportingInstance: 'drawbridge-0',
    scheduler,
    random: () => 0.5,
    onLoss: (loss) => losses.push(loss),
    ...options,
  });
  return {
    recorder,
    sent,
    losses,
    setAnswer: (next: () => Promise<unknown>) => {
      answer = next;
    },
    advance: async (ms: number, steps = 20) => {
      for (let step = 0; step < steps; step += 1) {
        advance(ms / steps);
        await settle();
      }
    },
  };
}

describe('The event recorder', () => {
  it('lets what is more urgent go first, and says how long an Event has waited by then', async () => {
    const waited: number[] = [];
    const { recorder, sent, advance } = recording({
      giveWayMs: (waitedMs) => {
        waited.push(waitedMs);
        return waitedMs < 200 ? 100 : 0;
      },
    });
    recorder.record(note());
    await advance(190);
    expect(sent).to.deep.equal([]);
    await advance(100);
    expect(sent).to.have.lengthOf(1);
    expect(waited).to.deep.equal([0, 100, 200]);
  });

  it('writes an Event of events.k8s.io/v1', async () => {
    const { recorder, sent, advance } = recording();
    const related = { apiVersion: 'drawbridge.dev/v1alpha1', kind: 'SecurityBaseline', namespace: '', name: 'strict' };
    recorder.record(note({ related }));
    expect(sent).to.deep.equal([]);
    await advance(1);
    const [{ signal: _, ...request } = {} as Sent] = sent;
    expect(request).to.deep.include({
      method: 'POST',
      path: '/apis/events.k8s.io/v1/namespaces/payments/events',
      query: { fieldManager: 'drawbridge', fieldValidation: 'Strict' },
    });
    const { metadata, ...body } = request.body as { metadata: { name: string; namespace: string } };
    expect(metadata.namespace).to.equal('payments');
    expect(metadata.name).to.match(/^deny\.[0-9a-f]+$/);
    expect(body).to.deep.equal({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      eventTime: '2026-01-02T03:04:05.678000Z',
      reportingController: 'drawbridge.dev/operator',
      reportingInstance: 'drawbridge-0',
      action: 'Update',
      reason: 'DriftRepaired',
      type: 'Warning',
      regarding: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        name: 'deny',
        namespace: 'payments',
        uid: 'u',
      },
      related: { apiVersion: 'drawbridge.dev/v1alpha1', kind: 'SecurityBaseline', name: 'strict' },
      note: 'spec.ingress was widened by kubectl',
    });
  });

  it('writes about cluster-scoped objects into default, under a name that is valid', async () => {
    const { recorder, sent, advance } = recording();
    for (const name of ['system:Foo_bar:', '---', 'a'.repeat(253), 'x..y.-.z']) {
      const regarding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespace: '', name };
      recorder.record(note({ regarding }));
    }
    await advance(1);
    expect(sent).to.have.length(4);
    for (const { path, body } of sent) {
      expect(path).to.equal('/apis/events.k8s.io/v1/namespaces/default/events');
      const { name } = body.metadata as { name: string };
      expect(name).to.match(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      expect(name.length).to.be.at.most(253);
    }
  });

  it('cuts a note at 1,024 bytes, on a character', async () => {
    const { recorder, sent, advance } = recording();
    recorder.record(note({ note: `a${'€'.repeat(400)}` }));
    recorder.record(note({ note: `${'😀'.repeat(300)}` }));
    recorder.record(note({ note: 'x'.repeat(1_024) }));
    await advance(1);
    const notes = sent.map(({ body }) => body.note as string);
    expect(notes.map((text) => Buffer.byteLength(text))).to.deep.equal([1_024, 1_024, 1_024]);
    expect(notes[0]).to.equal(`a${'€'.repeat(341)}`);
    recorder.record(note({ note: `ab${'€'.repeat(400)}` }));
    await advance(1_000);
    expect(sent.at(-1)?.body.note).to.equal(`ab${'€'.repeat(340)}`);
  });

  it('makes a series of equal notes, of which it patches nothing but the series', async () => {
    const { recorder, sent, advance } = recording();
    recorder.record(note());
    await advance(1);
    for (let count = 0; count < 7; count += 1) recorder.record(note());
    await advance(9_000);
    expect(sent).to.have.length(1);
    await advance(1_000);
    const { name } = (sent[0]?.body.metadata ?? {}) as { name?: string };
    expect(sent).to.have.length(2);
    expect(sent[1]).to.deep.include({
      method: 'PATCH',
      path: `/apis/events.k8s.io/v1/namespaces/payments/events/${name}`,
      contentType: 'application/merge-patch+json',
      body: { series: { count: 8, lastObservedTime: '2026-01-02T03:04:05.679000Z' } },
    });
  });

  it('puts what came before the Event was written into it', async () => {
    const { recorder, sent, advance } = recording();
    recorder.record(note());
    recorder.record(note());
    await advance(60_000);
    expect(sent).to.have.length(1);
    expect(sent[0]?.body.series).to.deep.equal({ count: 2, lastObservedTime: '2026-01-02T03:04:05.678000Z' });
  });

  it('tells of what came while a request was under way', async () => {
    const { recorder, sent, advance, setAnswer } = recording();
    let finish: (value: unknown) => void = () => undefined;
    setAnswer(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    recorder.record(note());
    await advance(1);
    recorder.record(note());
    setAnswer(() => Promise.resolve({}));
    finish({});
    await advance(11_000);
    expect(sent.map(({ method }) => method)).to.deep.equal(['POST', 'PATCH']);
  });

  it('begins a new Event when the last equal one is six minutes ago', async () => {
    const { recorder, sent, advance } = recording();
    recorder.record(note());
    await advance(360_000);
    recorder.record(note());
    await advance(1);
    expect(sent.map(({ method }) => method)).to.deep.equal(['POST', 'POST']);
  });

  it('tells different reasons, notes and objects apart', async () => {
    const { recorder, sent, advance } = recording();
    for (const more of [{}, { reason: 'TakenOver' }, { note: 'other' }, { type: 'Normal' as const }]) {
      recorder.record(note(more));
    }
    recorder.record(about('other'));
    await advance(1);
    expect(sent.map(({ method }) => method)).to.deep.equal(['POST', 'POST', 'POST', 'POST', 'POST']);
  });

  it('does not let one object speak too often, and counts what it kept back', async () => {
    const { recorder, sent, losses, advance } = recording({ objectBurst: 3, objectRefillMs: 1_000 });
    for (let index = 0; index < 10; index += 1) recorder.record(note({ note: `edit ${index}` }));
    recorder.record(about('other'));
    await advance(100);
    expect(sent).to.have.length(4);
    expect(losses).to.deep.equal(Array(7).fill('rate'));
    await advance(1_000);
    recorder.record(note({ note: 'later' }));
    await advance(100);
    expect(sent).to.have.length(5);
  });

  it('keeps to its rate over all objects', async () => {
    const { recorder, sent, advance } = recording({ burst: 5, perSecond: 10 });
    for (let index = 0; index < 100; index += 1) recorder.record(about(`p${index}`));
    await advance(1);
    expect(sent).to.have.length(5);
    await advance(1_000, 100);
    expect(sent.length).to.be.within(14, 16);
  });

  it('drops what its buffer does not hold, with a count', async () => {
    const { recorder, losses, advance } = recording({ bufferSize: 10 });
    for (let index = 0; index < 15; index += 1) recorder.record(about(`p${index}`));
    expect(losses).to.deep.equal(Array(5).fill('buffer'));
    expect(recorder.lost()).to.equal(5);
    await advance(1);
  });

  it('is not held up by a series that is not due', async () => {
    const { recorder, sent, advance } = recording();
    recorder.record(note());
    await advance(1);
    recorder.record(note());
    await advance(1);
    recorder.record(about('other'));
    await advance(1);
    expect(sent.map(({ method }) => method)).to.deep.equal(['POST', 'POST']);
  });

  it('drops what the server refuses, with a count, and begins anew with the next', async () => {
    const { recorder, sent, losses, advance, setAnswer } = recording();
    setAnswer(() => Promise.reject(new Error('403')));
    recorder.record(note());
    await advance(1);
    setAnswer(() => Promise.resolve({}));
    recorder.record(note());
    await advance(1);
    expect(losses).to.deep.equal(['failed']);
    expect(sent.map(({ method }) => method)).to.deep.equal(['POST', 'POST']);
  });

  it('drops an observation made while its Event was being refused', async () => {
    const { recorder, sent, advance, setAnswer } = recording();
    let refuse: (error: unknown) => void = () => undefined;
    setAnswer(
      () =>
        new Promise((_, reject) => {
          refuse = reject;
        }),
    );
    recorder.record(note());
    await advance(1);
    recorder.record(note());
    refuse(new Error('403'));
    await advance(60_000);
    expect(sent).to.have.length(1);
  });

  it('never throws', () => {
    const { recorder, losses } = recording();
    recorder.record({} as EventNote);
    recorder.record(undefined as unknown as EventNote);
    expect(losses).to.deep.equal(['invalid', 'invalid']);
  });

  it('sends what waits when it stops, without regard to rates', async () => {
    const { recorder, sent, losses } = recording({ burst: 1, perSecond: 0.001 });
    recorder.record(note());
    recorder.record(about('other'));
    await recorder.stop();
    expect(sent).to.have.length(2);
    recorder.record(note());
    expect(losses).to.deep.equal(['stopped']);
  });

  it('stops after two seconds when the server does not answer', async () => {
    const { recorder, sent, losses, advance, setAnswer } = recording();
    setAnswer(() => new Promise(() => undefined));
    recorder.record(note());
    recorder.record(about('other'));
    await advance(1);
    let stopped = false;
    const stopping = recorder.stop().then(() => {
      stopped = true;
    });
    await advance(1_900);
    expect(stopped).to.equal(false);
    await advance(100);
    await stopping;
    expect(sent[0]?.signal?.aborted).to.equal(true);
    expect(losses).to.deep.equal(['stopped', 'stopped']);
  });

  it('remembers a bounded number of objects', async () => {
    const { recorder, sent, advance } = recording({ bufferSize: 20_000, burst: 20_000 });
    for (let index = 0; index < 5_000; index += 1) recorder.record(about(`p${index}`));
    await recorder.stop();
    expect(sent).to.have.length(5_000);
    await advance(1);
  });
});
