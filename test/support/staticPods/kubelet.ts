import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { ServerProcess } from '../controlPlane/process.ts';
import { startProcess } from '../controlPlane/process.ts';

/**
 * Plays kubelet for static pods: runs the command of each manifest in a directory, starts it anew when the manifest's
 * content changes or when it exits, then with back-off. Files whose name begins with a dot are no manifests.
 */
export interface Kubelet {
  /** How often it started something. */
  starts(): number;
  /** Names of the files that it would have taken for manifests, however short they were there: kubelet watches, too. */
  seen(): ReadonlySet<string>;
  /** Acts on nothing until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface KubeletOptions {
  /** For logs and pid files; see guard.ts. */
  readonly dir: string;
  /** Of the node: part of the processes' names. */
  readonly node: string;
  readonly manifestDir: string;
  /** What to execute for the first word of a command. */
  readonly programs: Readonly<Record<string, string>>;
  /** A program that decides by the command's arguments whether the server may start: run before it, must exit with 0. */
  readonly gate?: string | undefined;
}

const LOOK_EVERY_MS = 50;
/** kubelet waits 10 s, 20 s, … up to 5 minutes; here a fiftieth of it. */
const FIRST_BACK_OFF_MS = 200;
const LONGEST_BACK_OFF_MS = 2_000;
const GRACE_MS = 500;

interface Pod {
  readonly hash: string;
  process: ServerProcess | undefined;
  backOffMs: number;
  startAtMs: number;
}

export function startKubelet({ dir, node, manifestDir, programs, gate }: KubeletOptions): Kubelet {
  const pods = new Map<string, Pod>();
  const seen = new Set<string>();
  const watcher = watch(manifestDir, { persistent: false }, (_, name) => {
    if (name !== null && !name.startsWith('.')) seen.add(name);
  });
  let starts = 0;
  let isPaused = false;
  let isStopped = false;

  const start = async (pod: Pod, manifest: string): Promise<void> => {
    const [word = '', ...args] = parse(manifest).spec.containers[0].command as readonly string[];
    const program = programs[word] ?? word;
    starts += 1;
    pod.startAtMs = performance.now() + pod.backOffMs;
    pod.backOffMs = Math.min(pod.backOffMs * 2, LONGEST_BACK_OFF_MS);
    const name = `${node}-${word}`;
    pod.process = await (gate === undefined
      ? startProcess(dir, name, program, args)
      : startProcess(dir, name, 'sh', ['-c', `${gate} || exit 1; exec "$0" "$@"`, program, ...args]));
  };
  const sync = async (): Promise<void> => {
    const names = readdirSync(manifestDir).filter((name) => !name.startsWith('.'));
    for (const [name, pod] of pods) {
      if (names.includes(name)) continue;
      pods.delete(name);
      await pod.process?.stop(GRACE_MS);
    }
    for (const name of names) {
      seen.add(name);
      const manifest = readFileSync(join(manifestDir, name), 'utf8');
      const hash = createHash('sha256').update(manifest).digest('hex');
      let pod = pods.get(name);
      if (pod?.hash !== hash) {
        await pod?.process?.stop(GRACE_MS);
        pod = { hash, process: undefined, backOffMs: FIRST_BACK_OFF_MS, startAtMs: 0 };
        pods.set(name, pod);
      }
      const isRunning = pod.process !== undefined && !pod.process.hasExited();
      if (!isRunning && performance.now() >= pod.startAtMs) await start(pod, manifest);
    }
  };
  const running = (async () => {
    while (!isStopped) {
      if (!isPaused) await sync();
      await sleep(LOOK_EVERY_MS);
    }
    await Promise.all([...pods.values()].map((pod) => pod.process?.stop(GRACE_MS)));
  })();
  running.catch(() => undefined); // stop() says so
  return {
    starts: () => starts,
    seen: () => seen,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    stop: async () => {
      isStopped = true;
      watcher.close();
      await running;
    },
  };
}
