import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { World } from '../test/support/world.ts';
import type { BareClient } from './client.ts';
import { bareClient, readLines } from './client.ts';

const POLICIES = '/apis/networking.k8s.io/v1';
export const DENY = 'drawbridge-default-deny';
export const policyPath = (namespace: string, name = ''): string =>
  `${POLICIES}/namespaces/${namespace}/networkpolicies${name === '' ? '' : `/${name}`}`;

/** Sees when objects appear, through one watch per kind of the benchmark's own. */
export interface Observer {
  /** Resolves when `count` objects with the reserved prefix exist. */
  reach(count: number): Promise<number>;
  /** Resolves with the time at which the policy appears again, in performance.now(). */
  nextAdded(namespace: string, name: string): Promise<number>;
  count(): number;
  /** Resolves with the time at which `count` objects of this name have been changed, counted from the call. */
  changed(name: string, count: number): Promise<number>;
  close(): Promise<void>;
}

const PATHS = [
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
];

export async function observe(kubeconfig: string): Promise<Observer> {
  const keys = new Set<string>();
  const waiters = new Map<string, (atMs: number) => void>();
  let goal: { readonly count: number; readonly resolve: (atMs: number) => void } | undefined;
  let edit: { readonly name: string; left: number; readonly resolve: (atMs: number) => void } | undefined;
  const client = bareClient(kubeconfig, PATHS.length);
  const take = (kind: string, line: string): void => {
    const { type, object } = JSON.parse(line);
    const { namespace, name } = object.metadata;
    if (!name.startsWith('drawbridge-')) return;
    const key = `${kind} ${namespace} ${name}`;
    if (type === 'DELETED') keys.delete(key);
    else keys.add(key);
    if (type === 'ADDED') {
      waiters.get(key)?.(performance.now());
      waiters.delete(key);
    }
    if (type === 'MODIFIED' && edit !== undefined && name === edit.name) {
      edit.left -= 1;
      if (edit.left === 0) edit.resolve(performance.now());
    }
    if (goal !== undefined && keys.size >= goal.count) goal.resolve(performance.now());
  };
  for (const path of PATHS) await follow(client, path, (line) => take(path, line));
  return {
    reach: (count) =>
      new Promise((resolve) => {
        if (keys.size >= count) resolve(performance.now());
        else goal = { count, resolve };
      }),
    nextAdded: (namespace, name) =>
      new Promise((resolve) => void waiters.set(`${PATHS[0]} ${namespace} ${name}`, resolve)),
    count: () => keys.size,
    changed: (name, count) =>
      new Promise((resolve) => {
        edit = { name, left: count, resolve };
      }),
    close: () => client.close(),
  };
}

async function follow(client: BareClient, path: string, onLine: (line: string) => void): Promise<void> {
  const list = JSON.parse(await client.send('GET', `${path}?limit=1`)) as { metadata: { resourceVersion: string } };
  const { body } = await client.pool.request({
    method: 'GET',
    path: `${path}?watch=true&resourceVersion=${list.metadata.resourceVersion}`,
    headers: client.headers,
  });
  readLines(body, onLine).catch(() => undefined);
}

/** Runs one of the bare programs and resolves with what it printed. */
export async function runBare(program: 'bareWriter.ts', args: readonly string[]): Promise<string> {
  const child = start(program, args);
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => void chunks.push(chunk.toString()));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return chunks.join('');
}

/** Starts the bare loop; resolves when it watches, with the function that ends it. */
export async function startBareLoop(kubeconfig: string): Promise<() => Promise<void>> {
  const child = start('bareLoop.ts', [kubeconfig]);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
}

const start = (program: string, args: readonly string[]): ChildProcess => {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--max-semi-space-size=2', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  child.once('exit', () => process.removeListener('exit', reap));
  return child;
};

/** Deletes denies one after the other and measures from the deletion's answer until each is seen again, in ms. */
export async function repairOneByOne(
  observer: Observer,
  client: BareClient,
  namespaces: readonly string[],
): Promise<number[]> {
  const samples: number[] = [];
  for (const namespace of namespaces) {
    const seen = observer.nextAdded(namespace, DENY);
    await client.send('DELETE', policyPath(namespace, DENY));
    const fromMs = performance.now();
    samples.push(Math.max(0, (await seen) - fromMs));
  }
  return samples;
}

/** Deletes all at once; each is measured from the moment its deletion was sent. */
export async function repairAtOnce(
  observer: Observer,
  client: BareClient,
  namespaces: readonly string[],
): Promise<number[]> {
  return Promise.all(
    namespaces.map(async (namespace) => {
      const seen = observer.nextAdded(namespace, DENY);
      const fromMs = performance.now();
      await client.send('DELETE', policyPath(namespace, DENY));
      return (await seen) - fromMs;
    }),
  );
}

export const namesOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(5, '0')}`);

/** Creates namespaces, sixteen at a time. */
export async function createNamespaces(
  world: World,
  names: readonly string[],
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) await world.namespace(name, labels);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
