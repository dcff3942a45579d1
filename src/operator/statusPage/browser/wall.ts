import type { Cell } from '../wire.ts';
import { element } from './dom.ts';

const CELL = 15;
const STEP = 18;
/** A colour is not all there is: who cannot tell them apart reads the mark. */
const MARKS: Readonly<Record<string, string>> = { failed: '✕', drifted: '!', unknown: '?', pending: '…', waived: '~' };

export interface Wall {
  draw(cells: readonly Cell[]): void;
  /** Draws the same in other colours, or another width. */
  redraw(): void;
  current(): Cell | undefined;
}

/**
 * Ten thousand squares are one canvas: a few milliseconds to draw, where as many elements would take seconds. For who does
 * not see it, it is a list box with one option, the current one.
 */
export function createWall(onOpen: (name: string) => void, onCurrent: (cell: Cell | undefined) => void): Wall {
  const box = element('wall');
  const canvas = element<HTMLCanvasElement>('canvas');
  const option = element('current');
  const context = canvas.getContext('2d');
  let cells: readonly Cell[] = [];
  let at = 0;
  let columns = 1;

  const draw = (): void => {
    if (context === null) return;
    const width = box.clientWidth;
    columns = Math.max(1, Math.floor(width / STEP));
    const height = Math.ceil(cells.length / columns) * STEP;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    paint(context, cells, columns);
    mark();
  };
  const mark = (): void => {
    const cell = cells[at];
    option.textContent = cell === undefined ? 'none' : `${cell[0]}, ${cell[1]}, ${cell[2].join(' and ')}`;
    option.setAttribute('aria-setsize', String(cells.length));
    option.setAttribute('aria-posinset', String(cells.length === 0 ? 0 : at + 1));
    if (cell === undefined || context === null) return;
    context.strokeStyle = colourOf('focus');
    context.lineWidth = 2;
    context.strokeRect((at % columns) * STEP, Math.floor(at / columns) * STEP, CELL + 1, CELL + 1);
  };
  const move = (to: number, scroll: boolean): void => {
    at = Math.max(0, Math.min(cells.length - 1, to));
    draw();
    onCurrent(cells[at]);
    if (scroll) scrollTo(canvas, Math.floor(at / columns) * STEP);
  };
  const cellAt = ({ offsetX, offsetY }: MouseEvent): number => {
    const index = Math.floor(offsetY / STEP) * columns + Math.floor(offsetX / STEP);
    return Math.floor(offsetX / STEP) < columns && index < cells.length ? index : -1;
  };
  const keys: Readonly<Record<string, () => number>> = {
    ArrowRight: () => at + 1,
    ArrowLeft: () => at - 1,
    ArrowDown: () => (at + columns < cells.length ? at + columns : at),
    ArrowUp: () => (at - columns >= 0 ? at - columns : at),
    Home: () => 0,
    End: () => cells.length - 1,
  };
  box.addEventListener('keydown', (event) => {
    const to = keys[event.key];
    const cell = cells[at];
    if (to !== undefined) move(to(), true);
    else if ((event.key === 'Enter' || event.key === ' ') && cell !== undefined) onOpen(cell[0]);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener('mousemove', (event) => onCurrent(cells[cellAt(event)] ?? cells[at]));
  canvas.addEventListener('click', (event) => {
    const index = cellAt(event);
    const cell = cells[index];
    if (cell === undefined) return;
    move(index, false);
    onOpen(cell[0]);
  });
  new ResizeObserver(draw).observe(box);

  return {
    draw: (next) => {
      const name = cells[at]?.[0];
      cells = next;
      // What was current stays so, wherever it went.
      const moved = name === undefined ? -1 : cells.findIndex((cell) => cell[0] === name);
      at = moved >= 0 ? moved : Math.max(0, Math.min(at, cells.length - 1));
      draw();
      if (name !== undefined && name !== cells[at]?.[0]) onCurrent(cells[at]);
    },
    redraw: draw,
    current: () => cells[at],
  };
}

function paint(context: CanvasRenderingContext2D, cells: readonly Cell[], columns: number): void {
  const colours = new Map<string, string>();
  const back = colourOf('back');
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const [index, [, state]] of cells.entries()) {
    const colour = colours.get(state) ?? colourOf(state);
    colours.set(state, colour);
    const [x, y] = [(index % columns) * STEP + 1, Math.floor(index / columns) * STEP + 1];
    context.fillStyle = colour;
    context.fillRect(x, y, CELL - 1, CELL - 1);
    const sign = MARKS[state];
    if (sign === undefined) continue;
    context.fillStyle = back;
    context.fillText(sign, x + CELL / 2 - 0.5, y + CELL / 2);
  }
}

/** Resolves `light-dark()`, which a canvas does not know, by what a style of that class comes to. */
function colourOf(name: string): string {
  const probe = element('current');
  probe.style.color = `var(--${name})`;
  const colour = getComputedStyle(probe).color;
  probe.style.color = '';
  return colour;
}

function scrollTo(canvas: HTMLCanvasElement, y: number): void {
  const top = canvas.getBoundingClientRect().top + y;
  if (top < 0) scrollBy(0, top - STEP);
  else if (top + STEP > innerHeight) scrollBy(0, top + 2 * STEP - innerHeight);
}
