import { expect } from 'chai';
import type { Observed, Step } from '../../../src/agents/auditAgent/nextStep.ts';
import { nextStep } from '../../../src/agents/auditAgent/nextStep.ts';
import type { NodeState, Trying } from '../../../src/agents/auditAgent/nodeState.ts';
import { NEW_STATE } from '../../../src/agents/auditAgent/nodeState.ts';

const OLD = '0'.repeat(64);
const NEW = '1'.repeat(64);
const NOW = 1_000_000;
const AT = '2026-11-25T00:00:00.000Z';

/** A node at rest under OLD, with NEW published, and nothing in the way. */
const CALM: Observed = {
  nowMs: NOW,
  now: AT,
  wanted: NEW,
  policy: OLD,
  policyMistake: undefined,
  copies: new Set([OLD, NEW]),
  manifest: { usable: true, hash: OLD },
  server: { isReady: true, process: 1, isAsked: true },
  proof: undefined,
  turn: 'mine',
  refusedElsewhere: new Map(),
};
const RESTING: NodeState = { good: OLD, isAssumed: false, trying: undefined, refused: [] };
const FORWARD: Trying = {
  sha256: NEW,
  way: 'forward',
  sinceMs: NOW - 1_000,
  before: 1,
  seen: undefined,
  mark: NEW,
  why: '',
};
const BACK: Trying = { ...FORWARD, way: 'back', mark: undefined, why: 'it was bad' };
const trying = (one: Trying): NodeState => ({ ...RESTING, trying: one });
const resting = (reason: string) => (step: Step) =>
  expect(step).to.deep.include({ step: 'rest' }) && expect(step).to.have.nested.property('outcome.reason', reason);
const is = (wanted: Step) => (step: Step) => expect(step).to.deep.equal(wanted);
const remembers = (wanted: object) => (step: Step) => {
  expect(step.step).to.equal('remember');
  expect(step).to.have.nested.property('state.trying').that.deep.includes(wanted);
};

interface Case {
  readonly state?: NodeState;
  readonly seen?: Partial<Observed>;
  readonly expected: (step: Step) => unknown;
}

const CASES: Readonly<Record<string, Case>> = {
  'rests when nothing is published': {
    seen: { wanted: { reason: 'NothingPublished', message: '' }, turn: 'not-mine' },
    expected: resting('NothingPublished'),
  },
  'rests with the reason why what is published is refused': {
    seen: { wanted: { reason: 'HashMismatch', message: '' }, turn: 'not-mine' },
    expected: resting('HashMismatch'),
  },
  'puts a file back that somebody deleted, whatever is published': {
    seen: { policy: 'absent', wanted: { reason: 'HashMismatch', message: '' } },
    expected: is({ step: 'putPolicy', sha256: OLD }),
  },
  'saves the file in force before it begins': {
    state: NEW_STATE,
    seen: { copies: new Set() },
    expected: is({ step: 'copy', from: 'in-force', sha256: OLD }),
  },
  'takes the file that was there for the one to go back to': {
    state: NEW_STATE,
    seen: { copies: new Set([OLD]) },
    expected: is({ step: 'remember', state: { ...RESTING, isAssumed: true } }),
  },
  'does not begin when there is nothing to go back to': {
    state: NEW_STATE,
    seen: { policy: 'absent', policyMistake: 'there is none', copies: new Set(), turn: 'not-mine' },
    expected: resting('NothingToFallBackTo'),
  },
  'does not take a file for one to go back to with which no server would start': {
    state: NEW_STATE,
    seen: { policyMistake: 'rules[0].verb: unknown', turn: 'not-mine' },
    expected: resting('NothingToFallBackTo'),
  },
  'does not begin beside a file that it may not replace': {
    seen: { policy: 'unusable', turn: 'not-mine' },
    expected: resting('PolicyFileUnusable'),
  },
  'does not begin when the manifest leaves no way': {
    seen: { manifest: { usable: false, reason: 'PolicyNotMounted', message: '' }, turn: 'not-mine' },
    expected: resting('PolicyNotMounted'),
  },
  'does not begin while the server is not ready': {
    seen: { server: { isReady: false, process: 1, isAsked: true }, turn: 'not-mine' },
    expected: resting('ServerNotReady'),
  },
  'asks the server when it started before it begins': {
    seen: { server: { isReady: true, process: undefined, isAsked: false } },
    expected: is({ step: 'ask' }),
  },
  'does not begin with a server that does not say when it started': {
    seen: { server: { isReady: true, process: undefined, isAsked: true }, turn: 'not-mine' },
    expected: resting('ProcessUnknown'),
  },
  'does not begin while nobody knows whose turn it is': { seen: { turn: 'unknown' }, expected: resting('TurnUnknown') },
  'does not try again what it took back': {
    state: { ...RESTING, refused: [{ sha256: NEW, why: '', at: AT }] },
    seen: { turn: 'not-mine' },
    expected: resting('RefusedBefore'),
  },
  'does not try what another node took back': {
    seen: { refusedElsewhere: new Map([[NEW, 'node b']]), turn: 'not-mine' },
    expected: resting('RefusedElsewhere'),
  },
  'saves the published policy, so that it needs nobody later': {
    seen: { copies: new Set([OLD]) },
    expected: is({ step: 'copy', from: 'published', sha256: NEW }),
  },
  'asks for the turn': { seen: { turn: 'not-mine' }, expected: is({ step: 'takeTurn', sha256: NEW }) },
  'begins once it has the turn': {
    expected: remembers({ sha256: NEW, way: 'forward', sinceMs: NOW, before: undefined }),
  },
  'leaves a turn that it has no use for': {
    state: { ...RESTING, refused: [{ sha256: NEW, why: '', at: AT }] },
    expected: is({ step: 'leaveTurn' }),
  },
  'removes the copies that it needs no more, and then leaves the turn': {
    state: { ...RESTING, good: NEW },
    seen: { policy: NEW },
    expected: is({ step: 'tidy', keep: NEW }),
  },
  'rests in force, also when somebody took the annotation away': {
    state: { ...RESTING, good: NEW },
    seen: { policy: NEW, copies: new Set([NEW]), manifest: { usable: true, hash: undefined }, turn: 'not-mine' },
    expected: is({ step: 'rest', outcome: 'in-force' }),
  },
  'rolls out what was there before, for nobody saw the server start with it': {
    state: { ...RESTING, good: NEW, isAssumed: true },
    seen: { policy: NEW },
    expected: remembers({ sha256: NEW, way: 'forward' }),
  },
  'rolls out again what somebody edited by hand': {
    state: { ...RESTING, good: NEW },
    seen: { policy: OLD },
    expected: remembers({ sha256: NEW, way: 'forward' }),
  },

  'writes the policy first': { state: trying(FORWARD), expected: is({ step: 'putPolicy', sha256: NEW }) },
  'looks which process serves before it changes the manifest': {
    state: trying({ ...FORWARD, before: undefined, mark: undefined }),
    seen: { policy: NEW },
    expected: remembers({ before: 1, mark: NEW }),
  },
  'waits when no process says when it started': {
    state: trying({ ...FORWARD, before: undefined, mark: undefined }),
    seen: { policy: NEW, server: { isReady: false, process: undefined, isAsked: true } },
    expected: is({ step: 'await', what: 'the server says when it started' }),
  },
  'marks the manifest anew where it says the same hash already, or kubelet would see no change': {
    state: trying({ ...FORWARD, before: undefined, mark: undefined }),
    seen: { policy: NEW, manifest: { usable: true, hash: NEW } },
    expected: remembers({ mark: `${NEW}.${NOW}` }),
  },
  'then changes the manifest': {
    state: trying(FORWARD),
    seen: { policy: NEW },
    expected: is({ step: 'annotate', mark: NEW }),
  },
  'waits while the process is the one from before': {
    state: trying(FORWARD),
    seen: { policy: NEW, manifest: { usable: true, hash: NEW } },
    expected: is({ step: 'await', what: 'the server is ready with the new policy' }),
  },
  'asks for a proof of the new process': {
    state: trying(FORWARD),
    seen: { policy: NEW, manifest: { usable: true, hash: NEW }, server: { isReady: true, process: 2, isAsked: true } },
    expected: is({ step: 'prove' }),
  },
  'is done where nobody can prove it': {
    state: { ...trying(FORWARD), isAssumed: true },
    seen: {
      policy: NEW,
      manifest: { usable: true, hash: NEW },
      server: { isReady: true, process: 2, isAsked: true },
      proof: 'unknown',
    },
    expected: is({ step: 'remember', state: { ...RESTING, good: NEW } }),
  },
  'goes back where the proof failed': {
    state: trying(FORWARD),
    seen: {
      policy: NEW,
      manifest: { usable: true, hash: NEW },
      server: { isReady: true, process: 2, isAsked: true },
      proof: 'not-effective',
    },
    expected: remembers({ way: 'back', before: 1, sinceMs: NOW }),
  },
  'goes back when the time is up': {
    state: trying({ ...FORWARD, sinceMs: NOW - 60_001 }),
    seen: { policy: NEW },
    expected: remembers({ way: 'back', why: 'the server was not ready with it within 60 s' }),
  },
  'goes back when the manifest can no longer be used': {
    state: trying(FORWARD),
    seen: { manifest: { usable: false, reason: 'ManifestUnreadable', message: 'it is broken' } },
    expected: remembers({ way: 'back', why: 'it is broken' }),
  },

  'writes the old policy first on the way back': {
    state: trying(BACK),
    seen: { policy: NEW },
    expected: is({ step: 'putPolicy', sha256: OLD }),
  },
  'waits for a person when the copy of the old policy is gone': {
    state: trying(BACK),
    seen: { policy: NEW, copies: new Set([NEW]) },
    expected: is({
      step: 'await',
      what: 'somebody helps, since the copy of the last good policy is gone (docs/audit-agent.md)',
    }),
  },
  'has the manifest say the old hash': {
    state: trying({ ...BACK, seen: 'none', mark: OLD }),
    seen: { manifest: { usable: true, hash: NEW } },
    expected: is({ step: 'annotate', mark: OLD }),
  },
  'restarts a server of which it does not know what it read': {
    state: trying({ ...BACK, before: undefined }),
    expected: remembers({ seen: 1, mark: `${OLD}.${NOW}` }),
  },
  'restarts no server that served all along': { state: trying(BACK), expected: remembers({ seen: 1, mark: OLD }) },
  'waits while the server with the new policy serves': {
    state: trying({ ...BACK, seen: 2, mark: OLD }),
    seen: { server: { isReady: true, process: 2, isAsked: true } },
    expected: is({ step: 'await', what: 'the server is ready with the old policy' }),
  },
  'remembers what it took back once another process is ready': {
    state: trying({ ...BACK, seen: 2, mark: OLD }),
    seen: { server: { isReady: true, process: 3, isAsked: true } },
    expected: is({
      step: 'remember',
      state: { ...RESTING, refused: [{ sha256: NEW, why: 'it was bad', at: AT }] },
    }),
  },
};

describe('A node', () => {
  for (const [what, { state = RESTING, seen = {}, expected }] of Object.entries(CASES)) {
    it(what, () => {
      expected(nextStep(state, { ...CALM, ...seen }, { readyMs: 60_000 }));
    });
  }
});
