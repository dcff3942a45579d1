import type { Plugin } from 'esbuild';

/** What client-node's dist/config.js imports of the library's generated API. */
export const STUBBED: readonly string[] = ['./gen/index.js', './middleware.js'];
const CONFIG = /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/;
const NAMESPACE = 'stubbed-api';

/** `makeApiClient` alone uses them, and nothing of ours calls it: whoever does is told so. */
const STUB = `const refuse = () => {
  throw new Error('the generated API of @kubernetes/client-node is not in this bundle');
};
export const createConfiguration = refuse;
export const ServerConfiguration = refuse;
export const setHeaderMiddleware = refuse;
`;

/**
 * Leaves client-node's generated API out of the bundle: the operator needs its KubeConfig alone, and the rest doubles the
 * memory at the first request (docs/adr/0002). Fails unless exactly the known imports were met, so that a new version of
 * the library cannot slip them in another way.
 */
export function stubGeneratedApi(): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      const met = new Set<string>();
      build.onStart(() => met.clear());
      build.onResolve({ filter: /^\.\/(gen\/index|middleware)\.js$/ }, ({ path, importer }) => {
        if (!CONFIG.test(importer)) return undefined;
        met.add(path);
        return { path, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({ contents: STUB, loader: 'js' }));
      build.onEnd(({ metafile }) => ({ errors: problems(met, Object.keys(metafile?.inputs ?? {})) }));
    },
  };
}

function problems(met: ReadonlySet<string>, inputs: readonly string[]): { readonly text: string }[] {
  const missing = STUBBED.filter((path) => !met.has(path));
  const generated = inputs.filter((path) => /@kubernetes\/client-node\/dist\/gen\//.test(path));
  return [
    ...missing.map((path) => `@kubernetes/client-node/dist/config.js no longer imports ${path}: adapt ${NAMESPACE}`),
    ...generated.slice(0, 1).map((path) => `${path} came into the bundle: import only client-node/dist/config.js`),
  ].map((text) => ({ text }));
}
