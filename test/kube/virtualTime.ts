import { VirtualTimeScheduler } from 'rxjs';

/** rxjs's virtual time, which can be let pass bit by bit. */
export function createVirtualTime(startMs = 0) {
  const scheduler = new VirtualTimeScheduler();
  scheduler.frame = startMs;
  return {
    scheduler,
    advance: (ms: number) => {
      const untilMs = scheduler.now() + ms;
      scheduler.maxFrames = untilMs;
      scheduler.flush();
      scheduler.frame = untilMs;
    },
  };
}
