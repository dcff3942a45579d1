import type { BaselineLine } from '../wire.ts';
import { STATES } from '../wire.ts';
import { element, make } from './dom.ts';
import type { Model } from './model.ts';
import { countsByState } from './model.ts';

/** Worst first. */
const ORDER: readonly string[] = [...STATES, 'critical', 'high', 'medium', 'low'];

/** A row for each baseline; its name shows only its namespaces. */
export function drawBaselines({ baselines, baseline: picked }: Model, onPick: (name: string) => void): void {
  element('baselines').replaceChildren(
    ...baselines.map((line) =>
      make(
        'tr',
        '',
        make('td', '', pickButton(line.name, line.name === picked, onPick)),
        make('td', '', line.enforcement),
        conditionCell(line, 'Ready'),
        conditionCell(line, 'Compliant'),
        countsCell(line.counts),
        countsCell(line.findings),
      ),
    ),
  );
}

/** A switch for each state that there is, with how many are in it. */
export function drawStates(model: Model, onPick: (state: string) => void): void {
  const counts = [...countsByState(model)].filter(([state, count]) => count > 0 || state === model.state);
  element('states').replaceChildren(
    ...counts.map(([state, count]) => {
      const button = pickButton(state, state === model.state, onPick);
      button.replaceChildren(make('span', `mark ${state}`, '■ '), `${state} ${count}`);
      return button;
    }),
  );
}

function pickButton(name: string, isPicked: boolean, onPick: (name: string) => void): HTMLElement {
  const button = make('button', '', name);
  button.setAttribute('type', 'button');
  button.setAttribute('aria-pressed', String(isPicked));
  button.dataset.pick = name;
  button.addEventListener('click', () => {
    onPick(name);
    // The row is drawn anew: the keyboard stays where it was.
    document.querySelector<HTMLElement>(`button[data-pick="${CSS.escape(name)}"]`)?.focus();
  });
  return button;
}

function conditionCell({ conditions }: BaselineLine, type: string): HTMLElement {
  const status = conditions[type] ?? 'Unknown';
  return make('td', '', make('span', `mark ${status}`, status));
}

function countsCell(counts: Readonly<Record<string, number>>): HTMLElement {
  const some = ORDER.filter((name) => (counts[name] ?? 0) > 0);
  const parts = some.flatMap((name, index) => [
    index === 0 ? '' : ' · ',
    make('span', name, `${counts[name]} ${name}`),
  ]);
  return make('td', '', ...(parts.length === 0 ? ['none'] : parts));
}
