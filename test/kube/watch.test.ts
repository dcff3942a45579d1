import { expect } from 'chai';
import type { SchedulerLike } from 'rxjs';
import { NEVER } from 'rxjs';
import { KubeError, UnreachableError } from '../../src/kube/errors.ts';
import { failWhenIdle, IdleError } from '../../src/kube/idle.ts';
import { POLICIES, POLICIES_PATH } from './entries.ts';
import { createVirtualTime } from './virtualTime.ts';
import { added, at, bookmark, deleted, errorEvent, initialEnd, modified, watchInVirtualTime } from './wire.ts';

const refused = (status: number, more: object = {}) =>
  new KubeError({ status, method: 'GET', path: POLICIES_PATH, body: {}, ...more });
const reset = new UnreachableError('ECONNRESET', 'GET', POLICIES_PATH);

/** A watch whose list, at version 10, is done. */
const started = (options: Parameters<typeof watchInVirtualTime>[0] = {}) => {
  const watch = watchInVirtualTime(options);
  watch.last().send(added('a', 3), initialEnd(10));
  watch.told();
  return watch;
};

describe('A watch', () => {
  it('begins with a streaming list and goes on over the same connection', () => {
    const watch = watchInVirtualTime();
    expect(watch.last().request.path).to.equal(POLICIES_PATH);
    expect(watch.query(0)).to.deep.equal({
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
    watch.last().send(added('a', 3), added('b', 4), initialEnd(10));
    watch.last().send(modified('a', 11), deleted('b', 12), bookmark(15));
    expect(watch.told()).to.deep.equal([
      'init',
      'apply a@3',
      'apply b@4',
      'initDone 10',
      'apply a@11',
      'delete b@12',
      'bookmark 15',
    ]);
    expect(watch.connections).to.have.length(1);
  });

  it('tells an event in the turn in which its bytes arrive', () => {
    const watch = started();
    const text = `${JSON.stringify(modified('a', 11))}\n`;
    watch.last().sendText(text.slice(0, 20));
    expect(watch.told()).to.deep.equal([]);
    watch.last().sendText(text.slice(20));
    expect(watch.told()).to.deep.equal(['apply a@11']);
  });

  it('selects on the server', () => {
    const watch = watchInVirtualTime({}, { ...POLICIES, labelSelector: 'a=b', fieldSelector: 'metadata.name=x' });
    expect(watch.query(0)).to.include({ labelSelector: 'a=b', fieldSelector: 'metadata.name=x' });
  });

  it('asks for a random time of five to ten minutes', () => {
    expect(watchInVirtualTime({ random: () => 0.999 }).query(0).timeoutSeconds).to.equal('599');
  });

  it('keeps of an object what its kind projects, with its size, and never the rest', () => {
    const sizes: number[] = [];
    const watch = watchInVirtualTime(
      {},
      {
        ...POLICIES,
        project: (raw, bytes) => {
          sizes.push(bytes);
          return raw.metadata.name === 'b' ? undefined : { body: 'kept' };
        },
      },
    );
    watch.last().send(added('a', 3), added('b', 4));
    const [, applied, dropped] = watch.events;
    expect(applied).to.deep.nested.include({ type: 'apply', 'entry.body': 'kept' });
    expect(dropped).to.deep.equal({ type: 'drop', namespace: 'default', name: 'b', uid: 'b', resourceVersion: '4' });
    expect(sizes[0]).to.equal(JSON.stringify(at('a', 3)).length);
  });

  it('drops an object that its projection cannot take, and says why', () => {
    const failure = new Error('no');
    const project = () => {
      throw failure;
    };
    const watch = watchInVirtualTime({}, { ...POLICIES, project });
    watch.last().send(added('a', 3), initialEnd(10));
    expect(watch.events[1]).to.include({ type: 'drop', name: 'a', error: failure });
    expect(watch.told().at(-1)).to.equal('initDone 10');
  });

  it('resumes at once from the last version when the server closes in time', () => {
    const watch = started();
    watch.last().send(modified('a', 12));
    watch.advance(90_000);
    watch.last().end();
    expect(watch.told()).to.deep.equal(['apply a@12', 'interrupted closed 0']);
    watch.advance(0);
    expect(watch.query(1)).to.deep.equal({
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
      resourceVersion: '12',
    });
  });

  it('resumes after the last bookmark or deletion', () => {
    const watch = started();
    watch.last().send(bookmark(20));
    watch.last().fail(reset);
    watch.advance(50);
    expect(watch.query(1).resourceVersion).to.equal('20');
    watch.last().send(deleted('a', 30));
    watch.last().fail(reset);
    watch.advance(50);
    expect(watch.query(2).resourceVersion).to.equal('30');
  });

  it('starts its list over when it breaks before its end', () => {
    const watch = watchInVirtualTime();
    watch.last().send(added('a', 3));
    watch.last().fail(reset);
    watch.advance(50);
    expect(watch.query(1).sendInitialEvents).to.equal('true');
    watch.last().send(added('a', 3), initialEnd(9));
    expect(watch.told()).to.deep.equal([
      'init',
      'apply a@3',
      'interrupted unreachable 25',
      'init',
      'apply a@3',
      'initDone 9',
    ]);
  });

  it('never ends by itself', () => {
    const watch = watchInVirtualTime();
    const failures = [reset, refused(500), refused(403), refused(410), refused(401), new TypeError('bug')];
    for (const failure of failures) {
      watch.last().fail(failure);
      watch.advance(60_000);
    }
    watch.last().end();
    watch.advance(60_000);
    expect(watch.hasEnded()).to.equal(false);
    expect(watch.connections).to.have.length(failures.length + 2);
  });
});

describe('A list in pages', () => {
  const page = (token: string, version: number, ...names: readonly string[]) => ({
    metadata: { resourceVersion: String(version), ...(token === '' ? {} : { continue: token }) },
    items: names.map((name, index) => {
      const { kind: _, apiVersion: __, ...item } = at(name, index + 1);
      return item;
    }),
  });

  for (const [status, body] of [
    [422, {}],
    [400, {}],
    [500, { message: 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled' }],
  ] as const) {
    it(`replaces a streaming list that is refused with ${status}, at once and for good`, () => {
      const watch = watchInVirtualTime();
      watch.last().fail(refused(status, { body }));
      watch.advance(0);
      expect(watch.last().request.query).to.deep.equal({ limit: '500' });
      expect(watch.last().pooled).to.equal(true);
      watch.last().answer(page('more', 9, 'a', 'b'));
      expect(watch.last().request.query).to.deep.equal({ limit: '500', continue: 'more' });
      watch.last().answer(page('', 9, 'c'));
      expect(watch.told()).to.deep.equal([
        'init',
        'interrupted unsupported 0',
        'init',
        'apply a@1',
        'apply b@2',
        'apply c@1',
        'initDone 9',
      ]);
      expect(watch.last().request.query).to.include({ watch: 'true', resourceVersion: '9' });
      watch.last().fail(refused(410));
      watch.advance(50);
      expect(watch.last().request.query).to.deep.equal({ limit: '500' });
    });
  }

  it('names the kind that items of a list do not', () => {
    const kinds: unknown[] = [];
    const watch = watchInVirtualTime(
      { streamingList: false },
      {
        ...POLICIES,
        project: (raw) => {
          kinds.push([raw.apiVersion, raw.kind]);
          return undefined;
        },
      },
    );
    watch.last().answer(page('', 9, 'a'));
    expect(kinds).to.deep.equal([['networking.k8s.io/v1', 'NetworkPolicy']]);
  });

  it('starts over when its token has expired', () => {
    const watch = watchInVirtualTime({ streamingList: false, pageSize: 2 });
    watch.last().answer(page('more', 9, 'a', 'b'));
    watch.last().fail(refused(410));
    watch.advance(50);
    expect(watch.last().request.query).to.deep.equal({ limit: '2' });
    watch.last().answer(page('', 12, 'c'));
    expect(watch.told()).to.deep.equal([
      'init',
      'apply a@1',
      'apply b@2',
      'interrupted gone 25',
      'init',
      'apply c@1',
      'initDone 12',
    ]);
  });

  it('is no list when it was cut', () => {
    const watch = watchInVirtualTime({ streamingList: false });
    watch.last().sendText('{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"na');
    watch.last().end();
    expect(watch.told()).to.deep.equal(['init', 'interrupted malformed 25']);
  });

  it('is not repeated when the watch after it fails', () => {
    const watch = watchInVirtualTime({ streamingList: false });
    watch.last().answer(page('', 9, 'a'));
    watch.last().fail(reset);
    watch.advance(50);
    expect(watch.last().request.query).to.include({ watch: 'true', resourceVersion: '9' });
  });

  it('replaces a streaming list that never ends', () => {
    const watch = watchInVirtualTime();
    watch.last().send(added('a', 3));
    watch.advance(100_000);
    expect(watch.told()).to.deep.equal(['init', 'apply a@3', 'interrupted idle 25']);
    watch.advance(50);
    expect(watch.last().request.query).to.deep.equal({ limit: '500' });
  });
});

describe('A watch that is interrupted', () => {
  it('lists again after 410, by status or by event', () => {
    const watch = started();
    watch.last().fail(refused(410));
    watch.advance(50);
    watch.last().send(added('a', 3), initialEnd(20), errorEvent(410, { reason: 'Expired' }));
    watch.advance(100);
    expect(watch.query(2).sendInitialEvents).to.equal('true');
    expect(watch.told()).to.deep.equal([
      'interrupted gone 25',
      'init',
      'apply a@3',
      'initDone 20',
      'interrupted gone 50',
      'init',
    ]);
  });

  it('backs off from an ERROR event other than 410 and resumes', () => {
    const watch = started();
    watch.last().send(modified('a', 11), errorEvent(500));
    expect(watch.told()).to.deep.equal(['apply a@11', 'interrupted error 25']);
    watch.advance(50);
    expect(watch.query(1).resourceVersion).to.equal('11');
  });

  it('lists again when the kind is not served, because it may come back as another', () => {
    const watch = started();
    watch.last().fail(refused(404));
    expect(watch.told()).to.deep.equal(['interrupted notServed 25']);
    watch.advance(50);
    expect(watch.query(1).sendInitialEvents).to.equal('true');
  });

  it('doubles its waits from 50 ms to 5 s within a minute, and to 30 s after it', () => {
    const watch = started({ random: () => 0.999_999 });
    const waits: number[] = [];
    for (let index = 0; index < 26; index += 1) {
      watch.last().fail(reset);
      const [event] = watch.events.splice(0);
      const waitMs = event?.type === 'interrupted' ? event.retryInMs : Number.NaN;
      waits.push(waitMs);
      watch.advance(waitMs);
    }
    expect(waits.slice(0, 8)).to.deep.equal([50, 100, 200, 400, 800, 1600, 3200, 5000]);
    const lateFrom = waits.indexOf(30_000);
    expect(waits.slice(0, lateFrom).reduce((sum, ms) => sum + ms, 0)).to.be.within(60_000, 65_000);
    expect(new Set(waits.slice(lateFrom))).to.deep.equal(new Set([30_000]));
  });

  it('waits half of that at least', () => {
    const watch = started({ random: () => 0 });
    watch.last().fail(reset);
    expect(watch.told()).to.deep.equal(['interrupted unreachable 25']);
  });

  it('begins at 50 ms again once something came', () => {
    const watch = started();
    for (let index = 0; index < 5; index += 1) {
      watch.last().fail(reset);
      watch.advance(5_000);
    }
    watch.last().send(bookmark(20));
    watch.told();
    watch.last().fail(reset);
    expect(watch.told()).to.deep.equal(['interrupted unreachable 25']);
  });

  it('does not begin again because of a list alone: no storm of lists', () => {
    const watch = started();
    const waits: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      watch.last().fail(refused(410));
      waits.push(...watch.told());
      watch.advance(5_000);
      watch.last().send(initialEnd(10));
      watch.told();
    }
    expect(waits).to.deep.equal([25, 50, 100, 200].map((ms) => `interrupted gone ${ms}`));
  });

  it('waits as long as the server asks', () => {
    const watch = started();
    watch.last().fail(refused(429, { retryAfterMs: 7_000 }));
    expect(watch.told()).to.deep.equal(['interrupted error 7000']);
    watch.advance(6_999);
    expect(watch.connections).to.have.length(1);
    watch.advance(1);
    expect(watch.connections).to.have.length(2);
  });

  it('loses no event to a line that was cut', () => {
    const watch = started();
    watch.last().send(modified('a', 11));
    watch.last().sendText(JSON.stringify(modified('a', 12)).slice(0, 60));
    watch.last().end();
    watch.advance(50);
    expect(watch.query(1).resourceVersion).to.equal('11');
    watch.last().send(modified('a', 12));
    expect(watch.told()).to.deep.equal(['apply a@11', 'interrupted malformed 25', 'apply a@12']);
  });

  it('takes what came before a malformed line and nothing after it', () => {
    for (const bad of ['nonsense', '{"type":"ADDED"}', '{"type":"WHAT","object":{}}', 'null', '{"type":"BOOKMARK"}']) {
      const watch = started();
      const [first, last] = [modified('a', 11), modified('a', 12)].map((event) => JSON.stringify(event));
      watch.last().sendText(`${first}\n${bad}\n${last}\n`);
      expect(watch.told(), bad).to.deep.equal(['apply a@11', 'interrupted malformed 25']);
      expect(watch.last().isCancelled()).to.equal(true);
    }
  });

  it('never quotes what it could not read', () => {
    const watch = started();
    watch.last().sendText('{"data":"hush\n');
    const [event] = watch.events;
    expect(event?.type === 'interrupted' && String(event.error)).to.equal('MalformedError: 13 bytes that are no JSON');
  });

  it('lists again after three malformed connections in a row', () => {
    const watch = started();
    for (let index = 0; index < 3; index += 1) {
      expect(watch.last().request.query?.sendInitialEvents).to.equal(index === 0 ? 'true' : undefined);
      watch.last().sendText('nonsense\n');
      watch.advance(5_000);
    }
    expect(watch.query(3).sendInitialEvents).to.equal('true');
  });

  it('lists again after three connections in a row that only brought an ERROR', () => {
    const watch = started();
    for (let index = 0; index < 3; index += 1) {
      if (index > 0) expect(watch.query(index).resourceVersion).to.equal('10');
      watch.last().send(errorEvent(500));
      watch.advance(5_000);
    }
    expect(watch.query(3).sendInitialEvents).to.equal('true');
  });

  it('does not list again because the server refused to open a watch', () => {
    const watch = started();
    for (let index = 0; index < 6; index += 1) {
      watch.last().fail(refused(503));
      watch.advance(5_000);
    }
    expect(watch.query(6).resourceVersion).to.equal('10');
  });

  it('lists again after three instant clean closes without an event', () => {
    const watch = started();
    for (let index = 0; index < 3; index += 1) {
      watch.advance(1_900);
      watch.last().end();
      // The waits are 25, 50 and 100 ms.
      watch.advance(25 * 2 ** index);
    }
    expect(watch.query(1).resourceVersion).to.equal('10');
    expect(watch.query(2).resourceVersion).to.equal('10');
    expect(watch.query(3).sendInitialEvents).to.equal('true');
  });

  it('does not list again when closes are late or bring events', () => {
    const watch = started();
    for (let index = 0; index < 9; index += 1) {
      if (index % 2 === 0) watch.advance(2_000);
      else watch.last().send(modified('a', 20 + index));
      watch.last().end();
      watch.advance(0);
    }
    expect(watch.connections.slice(1).every(({ request }) => request.query?.sendInitialEvents === undefined)).to.equal(
      true,
    );
  });
});

describe('A silent watch', () => {
  it('is taken for dead 100 s after a bookmark or event', () => {
    const watch = started();
    watch.last().send(bookmark(11));
    watch.advance(99_999);
    watch.last().send(modified('a', 12));
    watch.advance(99_999);
    expect(watch.told()).to.deep.equal(['bookmark 11', 'apply a@12']);
    watch.advance(1);
    expect(watch.told()).to.deep.equal(['interrupted idle 25']);
    expect(watch.connections[0]?.isCancelled()).to.equal(true);
    watch.advance(50);
    expect(watch.query(1).resourceVersion).to.equal('12');
  });

  it('is found though the clock was set back an hour meanwhile', () => {
    const { scheduler, advance } = createVirtualTime();
    let setBackMs = 0;
    const clock: SchedulerLike = {
      now: () => scheduler.now() + 3_600_000 - setBackMs,
      schedule: scheduler.schedule.bind(scheduler),
    };
    let failed: unknown;
    NEVER.pipe(failWhenIdle(() => 100_000, 100_000, clock)).subscribe({
      error: (error: unknown) => {
        failed = error;
      },
    });
    advance(50_000);
    setBackMs = 3_600_000;
    advance(149_999);
    expect(failed).to.equal(undefined);
    advance(1);
    expect(failed).to.be.instanceOf(IdleError);
  });

  it('without any bookmark has until the time it asked for, and half a minute', () => {
    const watch = watchInVirtualTime({ streamingList: false });
    watch.last().answer({ metadata: { resourceVersion: '9' }, items: [] });
    watch.told();
    watch.advance(329_999);
    expect(watch.told()).to.deep.equal([]);
    watch.advance(1);
    expect(watch.told()).to.deep.equal(['interrupted idle 25']);
  });

  it('that has sent bookmarks once has 100 s from its start', () => {
    const watch = started();
    watch.last().fail(reset);
    watch.advance(50);
    watch.told();
    watch.advance(100_000);
    expect(watch.told()).to.deep.equal(['interrupted idle 50']);
  });

  it('lists again when it never said anything, as from a version that a restored etcd has yet to reach', () => {
    const watch = started();
    watch.last().fail(reset);
    watch.advance(50);
    expect(watch.query(1).resourceVersion).to.equal('10');
    watch.advance(100_000 + 100);
    expect(watch.query(2).sendInitialEvents).to.equal('true');
  });

  it('resumes when it had said something before', () => {
    const watch = started();
    watch.advance(100_000 + 50);
    expect(watch.query(1).resourceVersion).to.equal('10');
  });
});

describe('An unsubscribed watch', () => {
  const stages: Readonly<Record<string, (watch: ReturnType<typeof watchInVirtualTime>) => void>> = {
    'before the answer': () => undefined,
    'within the list': (watch) => watch.last().send(added('a', 3)),
    'within the watch': (watch) => watch.last().send(initialEnd(10)),
    'while it waits': (watch) => watch.last().fail(reset),
    'within a retry': (watch) => {
      watch.last().fail(reset);
      watch.advance(5_000);
    },
    'between pages': (watch) => {
      watch.last().fail(refused(422));
      watch.advance(0);
      watch.last().answer({ metadata: { resourceVersion: '9', continue: 'more' }, items: [] });
    },
  };
  for (const [stage, reach] of Object.entries(stages)) {
    it(`closes its connection at once and opens none: ${stage}`, () => {
      const watch = watchInVirtualTime();
      reach(watch);
      watch.unsubscribe();
      const opened = watch.connections.length;
      watch.told();
      watch.advance(3_600_000);
      expect(watch.connections).to.have.length(opened);
      // The others were over before.
      expect(stage === 'while it waits' || watch.last().isCancelled()).to.equal(true);
      expect(watch.told()).to.deep.equal([]);
    });
  }

  it('tells nothing of the rest of a chunk', () => {
    const watch = started();
    const rest = [modified('a', 11), modified('a', 12)].map((event) => `${JSON.stringify(event)}\n`).join('');
    const original = watch.events.push.bind(watch.events);
    watch.events.push = (...events) => {
      watch.unsubscribe();
      return original(...events);
    };
    watch.last().sendText(rest);
    expect(watch.told()).to.deep.equal(['apply a@11']);
  });
});
