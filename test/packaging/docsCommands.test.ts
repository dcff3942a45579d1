import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { findBinaries } from '../support/controlPlane/binaries.ts';
import type { ControlPlane } from '../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../support/controlPlane/controlPlane.ts';
import type { Nodes } from '../support/docs/nodes.ts';
import { playNodes } from '../support/docs/nodes.ts';
import { blocksOf, FOUND, FOUND_BEFORE, NEEDS, pagesWithCommands, WAYS } from '../support/docs/ways.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';

const ROOT = join(import.meta.dirname, '../..');
const DENIES = '/apis/networking.k8s.io/v1/networkpolicies';

const HELD = [DENIES, ...['roles', 'rolebindings'].map((kind) => `/apis/rbac.authorization.k8s.io/v1/${kind}`)];
const OURS = { labelSelector: 'app.kubernetes.io/managed-by=drawbridge' };

/** What one sees who looks at the output of the command, or at the cluster. */
type Look = (output: string, admin: KubeAdmin) => Promise<void> | void;
const SEEN: Readonly<Record<string, Look>> = {
  '3 Hold one namespace': (output) => {
    expect(output).to.match(/^restricted +Enforce +True +True +1[/]1/m);
    expect(output).to.contain('networkpolicy.networking.k8s.io/drawbridge-default-deny').and.to.contain('viewer');
  },
  '4 Break it': (output) => {
    expect(output).to.match(/^drawbridge +Compliant .*NetworkPolicy payments[/]drawbridge-default-deny .*deleted/m);
    expect(output).to.contain('DriftRepaired');
  },
  'An example, and how to have it checked': (output) => {
    expect(output).to.match(/web created \(server dry run\)|^Who governs$/m);
  },
  Waivers: (output) => {
    expect(output).to.match(/^legacy-mesh +Inert /m);
  },
  Admission: (output) => {
    expect(output).to.match(/^Warn by the ValidatingAdmissionPolicies drawbridge-own-objects-warn/m);
  },
  'Bringing it to the API servers by your own means': (output) => {
    expect(output).to.match(/condition met$|^policy[.]yaml: OK$/m);
  },
  '3 Read what would happen': (output) => {
    expect(output).to.match(/^fail Missing /m);
  },
  '4 Install the operator that writes': (output) => {
    expect(output).to.match(/^No resources found$/m);
  },
  '7 The other waves': async (output, admin) => {
    expect(output)
      .to.match(/^restricted +Enforce/m)
      .and.not.to.match(/^restricted-wave/m);
    expect(await denies(admin)).to.deep.equal(['checkout', 'payments']);
  },
  'Remove the operator, keep the namespaces closed': async (_, admin) => {
    expect(await denies(admin)).to.deep.equal(['payments']);
  },
};

const denies = async (admin: KubeAdmin): Promise<readonly string[]> =>
  (await admin.list(DENIES, { labelSelector: 'drawbridge.dev/control=network.default-deny' }))
    .map(({ metadata }) => String(metadata.namespace))
    .sort();

describe('The commands of the docs', () => {
  it('say why, where they cannot be run here', () => {
    const said = Object.values(WAYS)
      .flat()
      .flatMap(blocksOf)
      .flatMap(({ needs }) => needs ?? []);
    expect([...new Set(said)].sort()).to.deep.equal(Object.keys(NEEDS).sort());
  });

  it('are those of all pages, each in one way', () => {
    const paths = Object.values(WAYS)
      .flat()
      .map(({ path }) => path);
    expect(paths.filter((path) => pagesWithCommands().includes(path)).sort()).to.deep.equal(pagesWithCommands());
  });

  for (const [who, pages] of Object.entries(WAYS)) {
    const paths = pages.map(({ path }) => path);
    describe(`for ${who}`, function () {
      this.timeout(180_000);
      let clone = '';
      let controlPlane: ControlPlane;
      let admin: KubeAdmin;
      let nodes: Nodes;
      const gone: string[] = [];

      before(async function () {
        this.timeout(START_TIMEOUT_MS);
        clone = mkdtempSync(join(tmpdir(), 'drawbridge-docs-'));
        for (const part of ['manifests', 'crds']) cpSync(join(ROOT, part), join(clone, part), { recursive: true });
        installProgram(clone);
        controlPlane = await startControlPlane();
        admin = kubeAdmin(controlPlane.kubeconfig);
        await admin.apply([...FOUND, ...(FOUND_BEFORE[paths[0] ?? ''] ?? [])]);
        nodes = playNodes(controlPlane, admin);
        await admin.watch(DENIES, ({ type, object }) => void (type === 'DELETED' && gone.push(object.metadata.name)));
      });
      after(async () => {
        await nodes?.stop();
        await admin?.close();
        await controlPlane?.stop();
        rmSync(clone, { recursive: true, force: true });
      });

      for (const page of pages) {
        for (const [at, { under, commands, needs }] of blocksOf(page).entries()) {
          if (needs !== undefined) continue;
          it(`work: ${page.path}, block ${at + 1}, ${under}`, async () => {
            const { code, output } = await bash(commands, clone, controlPlane.kubeconfig);
            expect(code, output).to.equal(0);
            await SEEN[under]?.(output, admin);
          });
        }
      }

      it('leave nothing, or open nothing, as the page says', async () => {
        if (paths.includes('docs/upgrade-and-removal.md')) {
          for (const path of HELD) expect(await admin.list(path, OURS), path).to.deep.equal([]);
          expect(await admin.find('/api/v1/namespaces/drawbridge-system')).to.equal(undefined);
          return;
        }
        // Only the way back opens a namespace, and that is what it is for.
        const isWayBack = paths.includes('docs/audit-to-enforce.md');
        expect(gone.filter((name) => name === 'drawbridge-default-deny')).to.have.lengthOf(isWayBack ? 1 : 0);
      });
    });
  }
});

/** As `npm install --global` puts it there, for those who begin in `clone`. */
function installProgram(clone: string): void {
  const bin = join(clone, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'src/main.ts')}' "$@"\n`;
  for (const name of ['drawbridge', 'kubectl-drawbridge']) writeFileSync(join(bin, name), script, { mode: 0o755 });
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs commands as a block is pasted, and stops at the first that fails. */
async function bash(commands: string, cwd: string, kubeconfig: string): Promise<Ended> {
  const { kubectl } = await findBinaries();
  if (kubectl === undefined) throw new Error('kubectl is not among the control plane binaries');
  const env = {
    PATH: `${join(cwd, 'bin')}:${dirname(kubectl)}:${process.env.PATH}`,
    HOME: cwd,
    KUBECONFIG: kubeconfig,
  };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${commands}`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const output = await text(child.stdout);
  return { code: await code, output: `$ ${commands}\n${output}` };
}
