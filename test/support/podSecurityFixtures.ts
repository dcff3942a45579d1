import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goModuleDir } from './goModule.ts';

export interface PodSecurityFixture {
  readonly path: string;
  readonly level: 'baseline' | 'restricted';
  readonly minor: number;
  readonly passes: boolean;
  /** The check that it was written for, in lower case; `base` for the pods that every check lets pass. */
  readonly check: string;
}

/**
 * Every fixture of the module that the API server judges pods with, where Go keeps it: the control plane is built from it.
 * `testdata/<level>/v1.<minor>/<pass or fail>/<check><number>.yaml`. Undefined without Go.
 */
export function podSecurityFixtures(): readonly PodSecurityFixture[] | undefined {
  const dir = goModuleDir('k8s.io/pod-security-admission');
  if (dir === undefined) return undefined;
  const root = join(dir, 'test', 'testdata');
  return (['baseline', 'restricted'] as const).flatMap((level) =>
    readdirSync(join(root, level)).flatMap((version) =>
      ['pass', 'fail'].flatMap((verdict) =>
        readdirSync(join(root, level, version, verdict)).map((file) => ({
          path: join(root, level, version, verdict, file),
          level,
          minor: Number(version.replace('v1.', '')),
          passes: verdict === 'pass',
          check: file.replace(/\d*\.yaml$/, ''),
        })),
      ),
    ),
  );
}
