import type { Observation, Violation } from './observation.ts';
import type { Verdict } from './oracle.ts';
import type { Scenario } from './scenario.ts';
import { describeDeed, describeShape } from './step.ts';
import type { Write } from './write.ts';
import { describeWrite } from './write.ts';

/** Enough to see what is wrong; the rest mostly follows from the first. */
const VIOLATIONS = 10;

/** One run in a line. */
export function summaryOf({ scenario, done, lives, writes, chaos, quiet }: Observation, verdict: Verdict): string {
  const { doors, violations, peakPerSecond } = verdict;
  const longest = Math.max(0, ...doors.map(({ fromMs, untilMs }) => untilMs - fromMs));
  const unexplained = Math.max(0, ...doors.map(({ unexplainedMs }) => unexplainedMs));
  const count = (what: string) => done.filter(({ deed, outcome }) => deed.do === what && outcome === 'done').length;
  return [
    `seed ${scenario.seed}: ${violations.length === 0 ? 'right' : `${violations.length} VIOLATIONS`}`,
    `${done.filter(({ outcome }) => outcome === 'done').length}/${done.length} steps`,
    `${count('tamper')} attacks, ${count('fault')} faults, ${count('editBaseline')} edits`,
    `${count('kill')} SIGKILL, ${count('terminate')} SIGTERM, ${count('freeze')} SIGSTOP, ${count('killApiServer')} API server`,
    `${scenario.replicas} replicas, ${lives.length} processes`,
    `${doors.length} doors open, ${longest} ms at most (${unexplained} unexplained)`,
    `at most ${peakPerSecond} requests/s, ${writes.length} writes`,
    `settled ${quiet.fromMs - chaos.untilMs} ms after`,
  ].join('; ');
}

/** The scenario as it was made: what `--steps` prints. */
export function scriptOf({ cast, replicas, converged, steps }: Scenario): string {
  const namespaces = Object.entries(cast.namespaces).map(([name, labels]) => `  ${name} ${JSON.stringify(labels)}`);
  const baselines = Object.entries(cast.baselines).map(([name, shape]) => `  ${name}: ${describeShape(shape)}`);
  const lines = steps.map(({ atMs, deed }) => `  ${String(atMs).padStart(6)} ms  ${describeDeed(deed)}`);
  const start = `${replicas} replicas; ${converged ? 'converged at the start' : 'not converged at the start'}`;
  return [start, ...namespaces, ...baselines, ...lines].join('\n');
}

/** All that explains a failure: the steps as they went, the violations, and the history of what the first is about. */
export function failureOf(observation: Observation, { violations }: Verdict): string {
  const { scenario, done, chaos, lives } = observation;
  const at = (ms: number) => `${String(Math.round(ms - chaos.fromMs)).padStart(7)} ms`;
  const [first] = violations.filter(({ about }) => about !== undefined);
  return [
    `seed ${scenario.seed}, ${scriptOf({ ...scenario, steps: [] })}`,
    'Steps, as they went:',
    ...done
      .toSorted((a, b) => a.fromMs - b.fromMs)
      .map((one) => `  ${at(one.fromMs)} to ${at(one.untilMs)}  ${describeDeed(one.deed)}: ${one.outcome}`),
    'Processes:',
    ...lives.map(
      (life) =>
        `  ${at(life.fromMs)} to ${at(life.untilMs)}  replica ${life.replica}, works from ${life.worksFromMs === undefined ? 'never' : at(life.worksFromMs)}, ${life.end} ${life.code}`,
    ),
    'Violations:',
    ...violations.slice(0, VIOLATIONS).map(({ rule, what }) => `  ${rule}: ${what}`),
    ...(violations.length > VIOLATIONS ? [`  and ${violations.length - VIOLATIONS} more`] : []),
    ...(first === undefined
      ? []
      : historyOf(first, observation).map((write) => `  ${at(write.atMs)}  ${describe(write)}`)),
    `Replay: make chaos SEEDS=${scenario.seed}`,
  ].join('\n');
}

/** What was written of the object, and of what decides about it. */
const historyOf = ({ about }: Violation, { writes }: Observation): readonly Write[] =>
  writes.filter(
    ({ resource, namespace, name, subresource }) =>
      (resource === about?.resource && namespace === about.namespace && name === about.name) ||
      (resource === 'securitybaselines' && subresource === '') ||
      (resource === 'baselinereports' && namespace === about?.namespace) ||
      (resource === 'namespaces' && name === about?.namespace),
  );

const describe = (write: Write): string => {
  const { answer } = write;
  const spec = write.resource === 'networkpolicies' ? ` ${JSON.stringify(answer?.spec ?? answer?.reason)}` : '';
  const version =
    answer?.metadata?.resourceVersion === undefined ? '' : ` (version ${answer.metadata.resourceVersion})`;
  return `${describeWrite(write)}${version}${spec}`;
};
