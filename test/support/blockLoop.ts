/** Loaded into a process before its program: at SIGUSR2 it blocks the event loop for three seconds of every four. */
const BLOCKED_MS = 3_000;
const EVERY_MS = 4_000;

const block = (): void => {
  const untilMs = performance.now() + BLOCKED_MS;
  while (performance.now() < untilMs);
};

let timer: NodeJS.Timeout | undefined;
process.on('SIGUSR2', () => {
  if (timer === undefined) timer = setInterval(block, EVERY_MS);
  else {
    clearInterval(timer);
    timer = undefined;
  }
});
