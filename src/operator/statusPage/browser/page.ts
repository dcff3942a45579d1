import type { Cell, Delta, Snapshot } from '../wire.ts';
import { element } from './dom.ts';
import { newModel, shownCells, takeDelta, takeSnapshot } from './model.ts';
import { showReport } from './report.ts';
import { drawBaselines, drawStates } from './tables.ts';
import { createWall } from './wall.ts';

const THEME = 'drawbridge-theme';
const model = newModel();
const filter = element<HTMLInputElement>('filter');
const report = element('report');
const wall = createWall(open, tip);
/** The namespace whose report is open, which the address names, too: it can be sent to somebody. */
let opened = '';

function draw(): void {
  const cells = shownCells(model);
  drawBaselines(model, (name) => pick('baseline', name));
  drawStates(model, (state) => pick('state', state));
  wall.draw(cells);
  element('shown').textContent =
    cells.length === model.cells.size ? `${cells.length}` : `${cells.length} of ${model.cells.size}`;
}

function pick(what: 'baseline' | 'state', value: string): void {
  model[what] = model[what] === value ? undefined : value;
  draw();
}

function tip(cell: Cell | undefined): void {
  element('tip').textContent = cell === undefined ? '' : `${cell[0]}: ${cell[1]}, by ${cell[2].join(' and ')}`;
}

function open(name: string): void {
  location.hash = `ns=${encodeURIComponent(name)}`;
}

async function followAddress(): Promise<void> {
  const name = new URLSearchParams(location.hash.slice(1)).get('ns') ?? '';
  opened = name;
  if (name === '') {
    if (!report.hidden) element('wall').focus();
    report.hidden = true;
    return;
  }
  await showReport(name);
  report.focus();
}

function close(): void {
  if (opened !== '') history.pushState(null, '', location.pathname);
  void followAddress();
}

function follow(): void {
  const events = new EventSource('events');
  const connection = element('connection');
  const say = (text: string, lost: boolean): void => {
    connection.textContent = text;
    connection.className = lost ? 'lost' : '';
  };
  const told = (): void => {
    say(model.leads ? 'live' : 'this replica stands by: it has looked at no namespace', false);
    draw();
  };
  events.addEventListener('snapshot', ({ data }) => {
    takeSnapshot(model, JSON.parse(data) as Snapshot);
    told();
  });
  events.addEventListener('delta', ({ data }) => {
    const delta = JSON.parse(data) as Delta;
    takeDelta(model, delta);
    told();
    // A change of the report follows within a second that of the cell.
    if (delta.cells.some(([name]) => name === opened)) setTimeout(() => opened !== '' && showReport(opened), 1_000);
  });
  events.addEventListener('error', () => say('connection lost, what is shown is old', true));
}

function setTheme(theme: string | null): void {
  if (theme === null) return;
  document.documentElement.dataset.theme = theme;
  wall.redraw();
}

element('theme').addEventListener('click', () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark';
  const wasDark =
    isDark || (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  const theme = wasDark ? 'light' : 'dark';
  localStorage.setItem(THEME, theme);
  setTheme(theme);
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => wall.redraw());
filter.addEventListener('input', () => {
  model.filter = filter.value.trim().toLowerCase();
  draw();
});
element<HTMLInputElement>('by-name').addEventListener('change', ({ target }) => {
  model.byName = (target as HTMLInputElement).checked;
  draw();
});
element('close').addEventListener('click', close);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
  if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  filter.focus();
});
addEventListener('hashchange', () => void followAddress());
setTheme(localStorage.getItem(THEME));
void followAddress();
follow();
