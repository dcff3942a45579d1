import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { GoBuild } from '../goBuild.ts';
import { buildWithGo } from '../goBuild.ts';

/**
 * The version Kubernetes' own build would link in. Without it the server calls itself v0.0.0-master and the components
 * refuse to emulate any version (k8s.io/component-base/version).
 */
export function linkerFlags(moduleDir: string): string {
  const match = /k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\S+)/.exec(readFileSync(join(moduleDir, 'go.mod'), 'utf8'));
  if (!match) throw new Error(`${moduleDir}go.mod names no version of k8s.io/kubernetes`);
  const [, major, minor, patch] = match;
  const version = 'k8s.io/component-base/version';
  const set = [`gitVersion=v${major}.${minor}.${patch}`, `gitMajor=${major}`, `gitMinor=${minor}`];
  return ['-s', '-w', ...set.map((assignment) => `-X ${version}.${assignment}`)].join(' ');
}

// One binary is all four programs; the name it is called by picks one (test/controlplane/main.go).
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];

/** Builds the programs: see `buildWithGo`. */
export const buildBinaries = (options: Pick<GoBuild, 'moduleDir' | 'targetDir' | 'env' | 'log'>): Promise<void> =>
  buildWithGo({
    ...options,
    announcement: 'building kube-apiserver, kube-controller-manager, etcd and kubectl: about five minutes, once',
    args: (dir) => ['-ldflags', linkerFlags(options.moduleDir), '-o', join(dir, 'controlplane'), '.'],
    finish: (dir) => {
      for (const program of PROGRAMS) symlinkSync('controlplane', join(dir, program));
    },
    programOf: (goPackage) => /kubernetes\/cmd\/([^/]+)\/app/.exec(goPackage)?.[1],
  });
