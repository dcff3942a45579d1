import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { USAGE_LIMITS } from '../../../src/audit/usage/limits.ts';
import { describePermission } from '../../../src/audit/usage/permission.ts';
import type { UsageEntry } from '../../../src/audit/usage/usage.ts';
import { usageIndex, usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { anyEvents } from './arbitraryEvents.ts';
import { event, target, times } from './events.ts';

const told = (entries: readonly UsageEntry[] | undefined): readonly string[] =>
  (entries ?? []).map(({ permission, count }) => `${count} ${describePermission(permission)}`);

describe('usageIndex', () => {
  it('counts each right once for each time it was used, with names and the first and last time', () => {
    const at = (receivedAt: string, name: string): AuditEvent => event({ receivedAt, target: target({ name }) });
    const usage = usageOf([
      at('2026-11-25T10:00:02.000000Z', 'b'),
      at('2026-11-25T10:00:01.000000Z', 'a'),
      at('2026-11-25T10:00:03.000000Z', 'a'),
    ]);
    expect(usage.subjects.get('bob')?.used).to.deep.equal([
      {
        permission: { type: 'resource', verb: 'get', group: '', resource: 'pods', namespace: 'shop' },
        names: { names: ['a', 'b'], isCut: false, unnamed: 0, sinceNew: 1 },
        count: 3,
        seen: { first: '2026-11-25T10:00:01.000000Z', last: '2026-11-25T10:00:03.000000Z' },
        because: ['request'],
        allowedBy: [
          {
            binding: { kind: 'RoleBinding', namespace: 'shop', name: 'broad' },
            role: { kind: 'Role', name: 'broad' },
            subject: { kind: 'User', name: 'bob' },
          },
        ],
        otherwiseAllowed: 0,
      },
    ]);
    expect(usage.observed).to.deep.equal({ first: '2026-11-25T10:00:01.000000Z', last: '2026-11-25T10:00:03.000000Z' });
  });

  it('counts a watch once for its start and its end, and keeps when it ended', () => {
    const watch = event({ verb: 'watch', target: target() });
    const end = { ...watch, stageAt: '2026-11-25T11:00:00.000000Z' };
    const [entry] = usageOf([{ ...watch, stage: 'ResponseStarted' }, end]).subjects.get('bob')?.used ?? [];
    expect(entry).to.include({ count: 1 });
    expect(entry?.seen.last).to.equal('2026-11-25T11:00:00.000000Z');
  });

  it('counts a watch that has only one of both events', () => {
    const watch = event({ verb: 'watch', target: target() });
    for (const stage of ['ResponseStarted', 'ResponseComplete'] as const) {
      expect(told(usageOf([{ ...watch, stage }]).subjects.get('bob')?.used)).to.deep.equal(['1 watch pods in shop']);
    }
  });

  it('hides nothing of a client that gives many requests one Audit-ID', () => {
    const watch = event({ verb: 'watch', target: target(), stage: 'ResponseStarted' });
    const usage = usageOf([
      watch,
      event({ verb: 'delete' }),
      event({ verb: 'watch', target: target({ group: 'apps' }) }),
    ]);
    expect(told(usage.subjects.get('bob')?.used)).to.deep.equal([
      '1 delete pods in shop',
      '1 watch pods in shop',
      '1 watch pods.apps in shop',
    ]);
  });

  it('keeps denied and refused requests apart from used ones', () => {
    const usage = usageOf([
      event({ verb: 'delete', decision: 'forbid', code: 403 }),
      event({ verb: 'patch', code: 403 }),
      event(),
    ]).subjects.get('bob');
    expect(told(usage?.denied)).to.deep.equal(['1 delete pods in shop']);
    expect(told(usage?.refused)).to.deep.equal(['1 patch pods in shop']);
    expect(told(usage?.used)).to.deep.equal(['1 get pods in shop']);
  });

  it('says which binding allowed a request, and of no other right', () => {
    const used = usageOf([event({ verb: 'patch', code: 201 })]).subjects.get('bob')?.used;
    expect(
      used?.map(({ because, allowedBy, otherwiseAllowed }) => [because, allowedBy.length, otherwiseAllowed]),
    ).to.deep.equal([
      [['created'], 0, 1],
      [['request'], 1, 0],
    ]);
  });

  it('counts what proves nothing, by why', () => {
    const usage = usageOf([event({ stage: 'RequestReceived' }), event({ decision: undefined }), event({ verb: '' })]);
    expect(usage.ignored).to.deep.equal({ unfinished: 1, undecided: 1, nobody: 0, malformed: 1 });
    expect(usage.subjects.size).to.equal(0);
    expect(usage.observed).to.equal(undefined);
  });

  describe('at its limits', () => {
    const named = (name: string): AuditEvent => event({ user: { name, groups: [] } });
    const onPath = (path: string): AuditEvent => event({ target: { type: 'path', path } });

    it('keeps the first subjects and counts what others did', () => {
      const usage = usageOf([named('a'), named('b'), named('c'), named('a')], { ...USAGE_LIMITS, subjects: 2 });
      expect([...usage.subjects.keys()]).to.deep.equal(['a', 'b']);
      expect(usage.dropped.used).to.equal(1);
    });

    it('keeps the first rights of a subject, says how much is missing, and leaves room for other subjects', () => {
      const limits = { ...USAGE_LIMITS, entriesPerSubject: 1, entries: 2 };
      const events = [event(), event({ verb: 'delete' }), event({ verb: 'list' }), named('carol'), named('dave')];
      const usage = usageOf(events, limits);
      expect(usage.subjects.get('bob')).to.include({ dropped: 2 });
      expect(usage.subjects.get('carol')?.used).to.have.length(1);
      expect(usage.subjects.get('dave')).to.include({ dropped: 1 });
      expect(usage.dropped.used).to.equal(3);
    });

    it('does not let paths, which anybody may ask for, take the room of resources', () => {
      const events = [onPath('/api/a'), onPath('/api/b'), event()];
      const usage = usageOf(events, { ...USAGE_LIMITS, pathsPerSubject: 1 });
      expect(told(usage.subjects.get('bob')?.used).toSorted()).to.deep.equal(['1 get /api/a', '1 get pods in shop']);
      expect(usage.dropped.used).to.equal(1);
    });

    it('does not let denied requests, which cost nothing, take the room of used ones', () => {
      const denied = (verb: string): AuditEvent => event({ verb, decision: 'forbid', code: 403 });
      const usage = usageOf([denied('list'), denied('watch'), denied('delete'), event()], {
        ...USAGE_LIMITS,
        asidePerSubject: 2,
      });
      expect(usage.subjects.get('bob')?.denied).to.have.length(2);
      expect(usage.subjects.get('bob')).to.include({ dropped: 0 });
      expect(usage.dropped).to.include({ denied: 1, used: 0 });
      expect(told(usage.subjects.get('bob')?.used)).to.deep.equal(['1 get pods in shop']);
    });

    it('says that names are cut when there are more than it keeps', () => {
      const events = ['a', 'b', 'c'].map((name) => event({ target: target({ name }) }));
      const [entry] = usageOf(events, { ...USAGE_LIMITS, names: 2 }).subjects.get('bob')?.used ?? [];
      expect(entry?.names).to.deep.equal({ names: ['a', 'b'], isCut: true, unnamed: 0, sinceNew: 0 });
    });

    it('drops an event with a text that is too long, and counts it', () => {
      const usage = usageOf([onPath(`/${'a'.repeat(600)}`), named('n'.repeat(600))]);
      expect(usage.subjects.size).to.equal(0);
      expect(usage.dropped.oversized).to.equal(2);
    });

    it('forgets the start of the oldest open watch, which then counts twice, and says so', () => {
      const start = (auditId: string): AuditEvent => event({ auditId, verb: 'watch', stage: 'ResponseStarted' });
      const usage = usageOf([start('a'), start('b'), { ...start('a'), stage: 'ResponseComplete' }], {
        ...USAGE_LIMITS,
        longRunning: 1,
      });
      expect(usage.subjects.get('bob')?.used[0]).to.include({ count: 3 });
      expect(usage.dropped.longRunning).to.equal(1);
    });

    it('never keeps more than its limits, whatever comes, and nothing is lost without being counted', () => {
      const limits = {
        ...USAGE_LIMITS,
        subjects: 2,
        entries: 5,
        entriesPerSubject: 3,
        aside: 3,
        asidePerSubject: 2,
        names: 2,
      };
      fc.assert(
        fc.property(anyEvents, (events) => {
          const usage = usageOf(events, limits);
          const all = [...usage.subjects.values()];
          expect(usage.subjects.size).to.be.at.most(2);
          expect(all.flatMap(({ used }) => used)).to.have.length.at.most(5);
          for (const outcome of ['used', 'denied', 'refused'] as const) {
            const kept = all.flatMap((one) => one[outcome]).reduce((sum, { count }) => sum + count, 0);
            const whole = [...usageOf(events).subjects.values()].flatMap((one) => one[outcome]);
            expect(kept + usage.dropped[outcome]).to.equal(whole.reduce((sum, { count }) => sum + count, 0));
          }
        }),
      );
    });
  });

  it('gives the same usage for events in one piece and one by one', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const index = usageIndex();
        for (const one of events) {
          index.add(one);
          index.usage();
        }
        expect(index.usage()).to.deep.equal(usageOf(events));
      }),
      { numRuns: 30 },
    );
  });

  it('counts what is repeated as often as it is repeated', () => {
    expect(told(usageOf(times(7, event())).subjects.get('bob')?.used)).to.deep.equal(['7 get pods in shop']);
  });
});
