import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Watches over a directory of processes: whatever becomes of this process, they end and the directory goes. */
export interface Guard {
  /** Kills what the directory's pid files name, removes the directory, and resolves when that is done. */
  release(): Promise<void>;
}

// `read` returns when the other end of the pipe closes, and the kernel closes it however this process ends: no handler
// of ours survives SIGKILL. rm is repeated because a process that is being killed may still create files.
const SCRIPT = `
read -r _
for file in "$1"/*.pid; do
  [ -f "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null
done
[ "$2" = keep ] && exit 0
tries=0
until rm -rf -- "$1" 2>/dev/null || [ "$tries" -ge 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done`;

/** Starts the guard of a directory. Processes register by a file `<name>.pid` in it (see process.ts). */
export function startGuard(dir: string, options: { readonly keepDir?: boolean } = {}): Guard {
  // Detached: a session of its own, so that the terminal's Ctrl-C does not end the guard first.
  const guard = spawn('sh', ['-c', SCRIPT, 'drawbridge-guard', dir, options.keepDir ? 'keep' : 'remove'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(guard, 'exit');
  exited.catch(() => undefined); // without `sh` there is no guard; release() says so
  // A forgotten stop() must not keep this process alive: it ends, and the guard cleans up.
  guard.unref();
  return {
    async release() {
      guard.ref();
      guard.stdin.end();
      await exited;
    },
  };
}
