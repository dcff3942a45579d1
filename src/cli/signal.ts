/** SIGTERM and SIGINT ask to stop; a second one is the kernel's default again, so that a hang can be ended. */
export function signalOfTermination(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
