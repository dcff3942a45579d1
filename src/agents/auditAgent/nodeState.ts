import { integer, list, record, text } from '../../k8s/json.ts';

/** What one node remembers of its policies, in a file beside the policy; a process that is killed goes on from it. */
export interface NodeState {
  /** The policy under which the API server was last seen to work, by its SHA-256; there is a copy of it. */
  readonly good: string | undefined;
  /** That is only the file that was there first: nobody saw the server start with it. */
  readonly isAssumed: boolean;
  /** A roll-out that has begun, and is neither done nor undone. */
  readonly trying: Trying | undefined;
  /** Policies that had to be taken back on this node; they are not tried again. The newest is last. */
  readonly refused: readonly RefusedPolicy[];
}

export interface Trying {
  readonly sha256: string;
  readonly way: 'forward' | 'back';
  /** When it went this way: milliseconds since 1970, by this machine. */
  readonly sinceMs: number;
  /**
   * When the process started that served when the policy had been written and the manifest had not been changed, as it says
   * itself: whichever other process answers later has read that policy. Undefined: the manifest is as it was.
   */
  readonly before: number | undefined;
  /** On the way back: the one that served when the old policy had been written; `none`: no server answered. */
  readonly seen: number | 'none' | undefined;
  /** What the annotation is to say, so that kubelet restarts the server: another text than before. */
  readonly mark: string | undefined;
  /** Why it goes back; `''` while it goes forward. */
  readonly why: string;
}

export interface RefusedPolicy {
  readonly sha256: string;
  readonly why: string;
  /** RFC 3339. */
  readonly at: string;
}

export const NEW_STATE: NodeState = { good: undefined, isAssumed: false, trying: undefined, refused: [] };

/** More than anybody publishes between two looks at why one is refused. */
const MAX_REFUSED = 32;
const MAX_WHY = 500;
const SHA256 = /^[0-9a-f]{64}$/;

export const isSha256 = (value: string): boolean => SHA256.test(value);

export const withRefused = ({ refused }: NodeState, one: RefusedPolicy): readonly RefusedPolicy[] =>
  [...refused.filter(({ sha256 }) => sha256 !== one.sha256), { ...one, why: one.why.slice(0, MAX_WHY) }].slice(
    -MAX_REFUSED,
  );

export const stateText = (state: NodeState): string => `${JSON.stringify(state, undefined, 1)}\n`;

/**
 * Reads what `stateText` wrote.
 * @throws a sentence when it is something else: to forget what was refused would be to try it again
 */
export function readState(json: string): NodeState {
  const value = record(parsed(json));
  const good = text(value.good);
  if ((value.good !== undefined && !isSha256(good)) || !Array.isArray(value.refused)) {
    throw new Error('the state file is not as this program writes it: see what is in it, then delete it');
  }
  return {
    good: good === '' ? undefined : good,
    isAssumed: value.isAssumed === true,
    trying: value.trying === undefined ? undefined : tryingOf(record(value.trying)),
    refused: list(value.refused).map((one) => {
      const { sha256, why, at } = record(one);
      return { sha256: text(sha256), why: text(why), at: text(at) };
    }),
  };
}

function tryingOf(value: Readonly<Record<string, unknown>>): Trying {
  const { way, before, seen, mark } = value;
  const sha256 = text(value.sha256);
  const sinceMs = integer(value.sinceMs);
  if (!isSha256(sha256) || (way !== 'forward' && way !== 'back') || sinceMs === undefined) {
    throw new Error('the state file tells of a roll-out that cannot be: see what is in it, then delete it');
  }
  return {
    sha256,
    way,
    sinceMs,
    before: typeof before === 'number' ? before : undefined,
    seen: typeof seen === 'number' || seen === 'none' ? seen : undefined,
    mark: typeof mark === 'string' ? mark : undefined,
    why: text(value.why),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
