import type { LogLine } from '../../support/operator.ts';
import type { Life, Observation, Violation } from '../observation.ts';

/** DESIGN §4: exits 0 within 10 s of SIGTERM. A busy machine is given half as long again. */
const EXIT_CODE_OK = 0;
/** A leader that lost the Lease ends; whoever runs it starts it anew. */
const LOST = 'leads no longer';

/** No process ends by itself, but a leader that lost the Lease; and none says anything that is not a line of its log. */
export const processViolations = ({ lives, scenario }: Observation): readonly Violation[] =>
  lives.flatMap((life) => [...endViolations(life, scenario.replicas > 1), ...lineViolations(life)]);

function endViolations(life: Life, elects: boolean): readonly Violation[] {
  const { end, code, lines } = life;
  const lost = elects && lines.some((line) => `${line.error}`.includes(LOST));
  const isFine = end === 'SIGKILL' || lost || (end === 'SIGTERM' && code === EXIT_CODE_OK);
  if (isFine) return [];
  const last = lines.slice(-5).map((line) => JSON.stringify(line));
  return [
    {
      rule: 'no process ends by itself',
      what: `replica ${life.replica} (${end}) ended with ${code}: ${last.join(' | ')}`,
    },
  ];
}

/** What a bug in the program reads like, wherever it is caught. */
const BUG = /TypeError|ReferenceError|RangeError|is not a function|Cannot read prop|unhandled|Warning:/i;

const lineViolations = ({ replica, lines }: Life): readonly Violation[] =>
  lines.filter(isStrange).map((line) => ({
    rule: 'the log holds nothing but its lines',
    what: `replica ${replica}: ${JSON.stringify(line)}`,
  }));

const isStrange = (line: LogLine): boolean => line.level === undefined || BUG.test(JSON.stringify(line));
