import { posix } from 'node:path';
import { list, record, text } from '../../k8s/json.ts';
import { HASH_ANNOTATION } from './manifestHash.ts';
import { podOf } from './manifestText.ts';
import type { ManifestSight } from './nextStep.ts';

const FLAG = '--audit-policy-file';

const no = (reason: string, message: string): ManifestSight => ({ usable: false, reason, message });

/**
 * What a static pod manifest of kube-apiserver says of its audit policy. Not usable unless its one container that is given
 * the flag sees `policyPath` of the node under it.
 */
export function sightOf(manifest: string, policyPath: string): ManifestSight {
  const pod = podOf(manifest);
  if (typeof pod === 'string') return no('ManifestUnreadable', pod);
  const spec = record(pod.spec);
  const given = list(spec.containers)
    .map(record)
    .flatMap((container) => flagsOf(container).map((path) => ({ container, path })));
  const [first, ...more] = given;
  if (first === undefined) {
    return no(
      'ManifestWithoutPolicy',
      `the manifest has no ${FLAG}: add ${FLAG}=${policyPath} to the server's command`,
    );
  }
  if (more.length > 0) return no('ManifestWithoutPolicy', `the manifest has ${FLAG} more than once: leave one`);
  const hostPath = hostPathOf(first.path, first.container, spec);
  if (hostPath === undefined) {
    return no(
      'PolicyNotMounted',
      `no hostPath volume of the manifest holds ${first.path}: mount the directory of ${policyPath}, read-only`,
    );
  }
  if (hostPath !== policyPath) {
    return no(
      'PolicyElsewhere',
      `the server reads ${hostPath} of the node: start the agent with --policy-file=${hostPath}`,
    );
  }
  return { usable: true, hash: text(record(record(pod.metadata).annotations)[HASH_ANNOTATION]) || undefined };
}

/** Both forms of a flag, in `command` and in `args`. */
function flagsOf(container: Readonly<Record<string, unknown>>): readonly string[] {
  const words = [...list(container.command), ...list(container.args)].map(text);
  return words.flatMap((word, index) => {
    if (word === FLAG) return [words[index + 1] ?? ''];
    return word.startsWith(`${FLAG}=`) ? [word.slice(FLAG.length + 1)] : [];
  });
}

/** Where a path of a container is on the node; undefined when it is not there, or nobody can tell. */
function hostPathOf(
  path: string,
  container: Readonly<Record<string, unknown>>,
  spec: Readonly<Record<string, unknown>>,
): string | undefined {
  const inside = posix.normalize(path);
  const [mount] = list(container.volumeMounts)
    .map(record)
    .map((one) => ({ ...one, at: posix.normalize(text(one.mountPath)) }))
    .filter(({ at }) => inside === at || inside.startsWith(at === '/' ? at : `${at}/`))
    // The innermost mount is the one that is seen.
    .sort((a, b) => b.at.length - a.at.length) as readonly Readonly<Record<string, unknown> & { at: string }>[];
  if (mount === undefined || mount.subPathExpr !== undefined) return undefined;
  const volume = list(spec.volumes)
    .map(record)
    .find(({ name }) => name === mount.name);
  const root = text(record(volume?.hostPath).path);
  if (root === '') return undefined;
  return posix.join(root, text(mount.subPath), posix.relative(mount.at, inside)).replace(/\/$/, '');
}
