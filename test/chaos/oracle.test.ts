import { expect } from 'chai';
import { FINALIZER } from '../../src/api/names.ts';
import type { LoggedRequest } from '../support/faultProxy.ts';
import { OPERATOR_USER } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import type { LogLine } from '../support/operator.ts';
import type { Life, Observation } from './observation.ts';
import { verdictOf } from './oracle.ts';
import { namespaceObject } from './perform.ts';
import { scenarioOf } from './scenario.ts';
import type { Shape } from './shape.ts';
import { baselineObject } from './shape.ts';
import type { Snapshot } from './snapshot.ts';
import { lookalike } from './stage.ts';
import type { Write } from './write.ts';

const SCENARIO = scenarioOf(1);
const [NAMESPACE = ''] = Object.keys(SCENARIO.cast.namespaces);
const DENY = 'drawbridge-default-deny';
const START_MS = 1_000_000;
const QUIET_MS = START_MS + 20_000;

const empty = (...objects: readonly AnyObject[]): Snapshot => ({ atMs: START_MS - 500, objects, groups: [] });

/** A run in which nobody did anything. */
const run = (more: Partial<Observation> = {}): Observation => ({
  scenario: SCENARIO,
  chaos: { fromMs: START_MS, untilMs: START_MS + 10_000 },
  quiet: { fromMs: QUIET_MS, untilMs: QUIET_MS + 3_000 },
  done: [],
  lives: [life()],
  writes: [],
  snapshots: [empty()],
  final: empty(),
  requests: [],
  ...more,
});

const life = (more: Partial<Life> = {}): Life => ({
  replica: 0,
  fromMs: START_MS - 500,
  untilMs: QUIET_MS + 5_000,
  worksFromMs: START_MS - 400,
  end: 'SIGTERM',
  code: 0,
  lines: [],
  ...more,
});

const write = (more: Partial<Write> = {}): Write => ({
  atMs: START_MS + 1_000,
  user: OPERATOR_USER,
  userAgent: 'drawbridge',
  verb: 'update',
  resource: 'networkpolicies',
  subresource: '',
  namespace: NAMESPACE,
  name: DENY,
  code: 200,
  answer: policy({}),
  ...more,
});

const policy = (more: object, spec: object = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }): AnyObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: DENY, namespace: NAMESPACE, uid: 'uid-deny', resourceVersion: '10', ...more },
  spec,
});

const stored = (object: object): AnyObject => {
  const { metadata, ...rest } = object as AnyObject;
  return {
    ...rest,
    metadata: { uid: `uid-${metadata.name}`, resourceVersion: '5', generation: 1, ...metadata },
  } as AnyObject;
};

const GOVERNED: readonly AnyObject[] = [
  ...Object.entries(SCENARIO.cast.namespaces).map(([name, labels]) => stored(namespaceObject(name, labels))),
  ...Object.entries(SCENARIO.cast.baselines).map(([name, shape]) => stored(baselineObject(name, shape))),
];

const rulesOf = (observation: Observation): readonly string[] => [
  ...new Set(verdictOf(observation).violations.map(({ rule }) => rule)),
];

describe('The oracle of chaos', () => {
  it('finds nothing wrong where nothing happened', () => {
    expect(verdictOf(run()).violations).to.deep.equal([]);
  });

  it('sees a write after everything was right, but not one before it', () => {
    expect(rulesOf(run({ writes: [write({ atMs: QUIET_MS - 1 })] }))).to.deep.equal([]);
    expect(rulesOf(run({ writes: [write({ atMs: QUIET_MS + 1 })] }))).to.deep.equal([
      'nothing is written once everything is right',
    ]);
  });

  it('sees Events that come faster than they may', () => {
    const event = write({ resource: 'events', verb: 'create', name: 'e', atMs: QUIET_MS + 5, answer: undefined });
    expect(rulesOf(run({ writes: Array.from({ length: 200 }, () => event) }))).to.deep.equal([
      'Events come no faster than they may',
    ]);
  });

  it('sees a baseline that would prune without our finalizer, and one that retains with it', () => {
    const rule = 'what prunes carries the finalizer, and nothing else does';
    const [[name = '', shape] = []] = Object.entries(SCENARIO.cast.baselines);
    const final = (deletionPolicy: 'Delete' | 'Retain', finalizers: readonly string[]) => {
      const baseline = stored(
        baselineObject(name, { ...(shape as Shape), enforcement: 'Enforce', suspend: false, deletionPolicy }),
      );
      return empty({ ...baseline, metadata: { ...baseline.metadata, finalizers } } as AnyObject);
    };
    expect(rulesOf(run({ final: final('Delete', []) }))).to.include(rule);
    expect(rulesOf(run({ final: final('Retain', [FINALIZER]) }))).to.include(rule);
    expect(rulesOf(run({ final: final('Delete', [FINALIZER]) }))).not.to.include(rule);
    expect(rulesOf(run({ final: final('Retain', []) }))).not.to.include(rule);
  });

  it('sees a write to what is not ours, even in vain', () => {
    const rule = ['what is not ours is not touched'];
    expect(rulesOf(run({ writes: [write({ namespace: 'kube-system', code: 403 })] }))).to.deep.equal(rule);
    expect(rulesOf(run({ writes: [write({ resource: 'secrets', name: 's' })] }))).to.deep.equal(rule);
    expect(rulesOf(run({ writes: [write({ name: 'somebody-elses' })] }))).to.deep.equal(rule);
  });

  it('takes a create that was refused before its name was read for ours only where it may be', () => {
    const unread = { verb: 'create', code: 403, name: '' } as const;
    const rule = ['what is not ours is not touched'];
    expect(rulesOf(run({ writes: [write(unread)] }))).to.deep.equal([]);
    expect(rulesOf(run({ writes: [write({ ...unread, namespace: 'kube-system' })] }))).to.deep.equal(rule);
    expect(rulesOf(run({ writes: [write({ ...unread, code: 201 })] }))).to.deep.equal(rule);
    expect(rulesOf(run({ writes: [write({ ...unread, resource: 'secrets' })] }))).to.deep.equal(rule);
  });

  it('sees a bystander that changed or went', () => {
    const before = stored(lookalike(SCENARIO.cast.outside, DENY));
    const changed = { ...before, metadata: { ...before.metadata, resourceVersion: '6' } };
    for (const final of [empty(changed), empty()]) {
      expect(rulesOf(run({ snapshots: [empty(before)], final }))).to.deep.equal(['what is not ours is not touched']);
    }
  });

  it('sees that a note of others was lost', () => {
    const deed = { do: 'annotate', namespace: NAMESPACE, note: 'n1' } as const;
    const done = [{ deed, fromMs: START_MS, untilMs: START_MS, outcome: 'done', noted: ['uid-deny'] }];
    const rule = 'what is not ours is not touched';
    expect(rulesOf(run({ done, final: empty(policy({})) }))).to.include(rule);
    expect(rulesOf(run({ done, final: empty(policy({ annotations: { note: 'n1' } })) }))).not.to.include(rule);
    const outrun = [write({ code: 409 }), write({ code: 409 }), write()];
    expect(rulesOf(run({ done, final: empty(policy({})), writes: outrun }))).not.to.include(rule);
    expect(rulesOf(run({ done, final: empty(policy({})), writes: outrun.slice(1) }))).to.include(rule);
  });

  it('sees a process that ended by itself, and not one that lost the Lease', () => {
    const line = { message: 'x', level: 'error', error: 'the operator leads no longer: it was not renewed' } as LogLine;
    const ended = life({ end: 'itself', code: 2, lines: [line] });
    expect(rulesOf(run({ lives: [ended, life()] }))).to.deep.equal(['no process ends by itself']);
    expect(rulesOf(run({ lives: [ended, life()], scenario: { ...SCENARIO, replicas: 2 } }))).to.deep.equal([]);
    expect(rulesOf(run({ lives: [life({ code: 1 })] }))).to.deep.equal(['no process ends by itself']);
  });

  it('sees a bug of the program in its log', () => {
    const lines = [{ message: 'a sink failed', level: 'error', error: 'TypeError: x is not a function' }];
    expect(rulesOf(run({ lives: [life({ lines })] }))).to.deep.equal(['the log holds nothing but its lines']);
    expect(rulesOf(run({ lives: [life({ lines: [{ message: 'not JSON' }] })] }))).to.have.lengthOf(1);
  });

  it('sees a storm, and none in requests that come as back-offs let them', () => {
    const requests = (count: number) => Array.from({ length: count }, (_, i) => request(START_MS + i));
    expect(rulesOf(run({ requests: requests(15) }))).to.deep.equal([]);
    expect(rulesOf(run({ requests: requests(900) }))).to.deep.equal(['the operator storms nobody']);
  });

  it('sees that the operator deleted a deny that stood where a baseline enforces, and nothing kept it from knowing', () => {
    const answer = { kind: 'Status', metadata: {}, details: { uid: 'uid-deny' } } as unknown as AnyObject;
    const snapshots = [empty(...GOVERNED, policy({}))];
    const rule = 'the operator opens no door';
    const deleted = (atMs: number) => [write({ verb: 'delete', answer, atMs })];
    expect(rulesOf(run({ snapshots, writes: deleted(START_MS + 2_000) }))).to.include(rule);
    // It had just begun.
    const lives = [life({ worksFromMs: START_MS + 1_900 })];
    expect(rulesOf(run({ snapshots, writes: deleted(START_MS + 2_000), lives }))).not.to.include(rule);
    // Nothing enforces there any more.
    const namespaces = GOVERNED.filter(({ kind }) => kind === 'Namespace');
    expect(
      rulesOf(run({ snapshots: [empty(...namespaces, policy({}))], writes: deleted(START_MS + 2_000) })),
    ).not.to.include(rule);
  });

  it('sees two replicas that write by turns, and not one that follows another', () => {
    const by = (userAgent: string, atMs: number) => write({ userAgent, atMs: START_MS + atMs });
    const scenario = { ...SCENARIO, replicas: 2 as const };
    const rule = 'one writes at a time';
    expect(rulesOf(run({ scenario, writes: [by('a', 1), by('a', 2), by('b', 3), by('c', 4)] }))).not.to.include(rule);
    expect(rulesOf(run({ scenario, writes: [by('a', 1), by('b', 2), by('a', 3)] }))).to.include(rule);
  });

  it('sees that the operator wrote a deny that denies nothing, but lets it take finalizers off one that is deleted', () => {
    const open = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] };
    const rule = 'the operator opens no door';
    expect(rulesOf(run({ writes: [write({ answer: policy({}, open) })] }))).to.deep.equal([rule]);
    const deleted = policy({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(rulesOf(run({ writes: [write({ answer: deleted })] }))).to.deep.equal([]);
  });

  it('sees a door that stands open for longer than anything explains', () => {
    const rule = 'no door stands open longer than what keeps it open';
    const close = (afterMs: number) =>
      Object.keys(SCENARIO.cast.namespaces).map((namespace) =>
        write({ atMs: START_MS - 500 + afterMs, verb: 'create', code: 201, namespace, answer: policy({ namespace }) }),
      );
    const snapshots = [empty(...GOVERNED)];
    expect(rulesOf(run({ snapshots, writes: close(1_000) }))).to.deep.equal([]);
    expect(rulesOf(run({ snapshots, writes: close(6_000) }))).to.deep.equal([rule]);
    // Nothing worked until then.
    const lives = [life({ worksFromMs: START_MS + 5_000 })];
    expect(rulesOf(run({ snapshots, writes: close(6_000), lives }))).to.deep.equal([]);
  });

  it('sees what is planned and not done, stands open, or is not said', () => {
    expect(rulesOf(run({ final: empty(...GOVERNED) }))).to.have.members([
      'each governed namespace is closed, by hand-written checks',
      'what is planned is done',
      'statuses say what is so',
      'reports say what is so',
      'what prunes carries the finalizer, and nothing else does',
    ]);
  });
});

const request = (atMs: number): LoggedRequest =>
  ({
    atMs,
    verb: 'update',
    resource: 'networkpolicies',
    namespace: NAMESPACE,
    name: DENY,
    userAgent: 'drawbridge',
    code: 500,
    fault: 'status',
  }) as unknown as LoggedRequest;
