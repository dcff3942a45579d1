import type { BaselineLine, Cell, Delta, Snapshot } from '../wire.ts';
import { STATES } from '../wire.ts';

/** What the page knows, and what of it is asked for. */
export interface Model {
  leads: boolean;
  baselines: readonly BaselineLine[];
  readonly cells: Map<string, Cell>;
  filter: string;
  state: string | undefined;
  baseline: string | undefined;
  byName: boolean;
}

export const newModel = (): Model => ({
  leads: true,
  baselines: [],
  cells: new Map(),
  filter: '',
  state: undefined,
  baseline: undefined,
  byName: false,
});

export function takeSnapshot(model: Model, { leads, baselines, cells }: Snapshot): void {
  model.leads = leads;
  model.baselines = baselines;
  model.cells.clear();
  for (const cell of cells) model.cells.set(cell[0], cell);
}

export function takeDelta(model: Model, { leads, baselines, cells, gone }: Delta): void {
  model.leads = leads;
  if (baselines !== undefined) model.baselines = baselines;
  for (const name of gone) model.cells.delete(name);
  for (const cell of cells) model.cells.set(cell[0], cell);
}

/** The cells that are asked for, in the order of the wall. */
export function shownCells({ cells, filter, state, baseline, byName }: Model): readonly Cell[] {
  const shown = [...cells.values()].filter(
    ([name, is, of]) =>
      name.includes(filter) &&
      (state === undefined || is === state) &&
      (baseline === undefined || of.includes(baseline)),
  );
  const compareNames = (a: Cell, b: Cell): number => (a[0] < b[0] ? -1 : 1);
  return shown.sort((a, b) => (byName ? 0 : rank(a[1]) - rank(b[1])) || compareNames(a, b));
}

/** Of what is shown but for the state that is picked, so that the others can be. */
export function countsByState(model: Model): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(STATES.map((state) => [state, 0]));
  for (const [, state] of shownCells({ ...model, state: undefined, byName: true })) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

const rank = (state: string): number => (STATES as readonly string[]).indexOf(state);
