import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const { resolve } = createRequire(import.meta.url);
const NAMESPACE = 'lean-packages';
/** The directory of a package; its own file list is read, because an `exports` map hides the others. */
const packageDir = (name: string): string => dirname(resolve(`${name}/package.json`));

/**
 * What is used of undici: connections and a pool. Its index also makes `fetch`, WebSockets, mocks and caches, which come
 * to a third of the program and to 17 MB of memory. client-node's agents serve its generated API alone, which is not here
 * either (stubGeneratedApi).
 */
const undici = (): string => {
  const lib = JSON.stringify(join(packageDir('undici'), 'lib')).slice(1, -1);
  return `
import Dispatcher from '${lib}/dispatcher/dispatcher.js';
import api from '${lib}/api/index.js';
Object.assign(Dispatcher.prototype, api);
export { default as Client } from '${lib}/dispatcher/client.js';
export { default as Pool } from '${lib}/dispatcher/pool.js';
export { default as buildConnector } from '${lib}/core/connect.js';
export class Agent {
  constructor() {
    throw new Error('undici agents are not in this bundle');
  }
}
export class ProxyAgent extends Agent {}
`;
};

/**
 * For Node these name CommonJS modules, of which nothing can be left out, and whose names are lost when they are asked for
 * by `import()`: esbuild makes of them a `default` alone.
 */
const ES_MODULES: Readonly<Record<string, string>> = { rxjs: 'dist/esm/index.js', yaml: 'browser/index.js' };

/**
 * Takes of some packages what the program uses and nothing else, because each loaded module stays in memory for the life of
 * the process: undici by its parts, others by their ES modules.
 */
export function leanPackages(): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: NAMESPACE, sideEffects: true }));
      build.onLoad({ filter: /^undici$/, namespace: NAMESPACE }, () => ({
        contents: undici(),
        loader: 'js',
        resolveDir: packageDir('undici'),
      }));
      for (const [name, index] of Object.entries(ES_MODULES)) {
        build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
          path: join(packageDir(name), index),
          sideEffects: false,
        }));
      }
    },
  };
}
