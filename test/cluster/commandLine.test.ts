import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import { eventually } from '../support/eventually.ts';
import type { NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady } from './support/look.ts';
import { bindings, DENY, policies, roles } from './support/paths.ts';
import { baselineOf, declare, FULL_NETWORK, FULL_RBAC, makeDns } from './support/spec.ts';

type Rendered = NewObject & { readonly metadata: { readonly name: string } };

const NAME = 'rendered';
const SECTIONS = {
  network: FULL_NETWORK,
  rbac: FULL_RBAC,
  serviceAccounts: { defaultToken: 'Disabled' },
  resources: {
    quota: { hard: { pods: '50', 'requests.cpu': '4.5' } },
    limitRange: { limits: [{ type: 'Container', max: { cpu: '2' }, default: { memory: '0.25Gi' } }] },
  },
};

describe('The command line, at a cluster', function () {
  this.timeout(60_000);
  const world = useWorld();
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'drawbridge-live-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const run = async (...args: readonly string[]) => {
    const written = { out: '', err: '' };
    const code = await runProgram([...args, '--kubeconfig', world().controlPlane.kubeconfig], {
      out: (text) => {
        written.out += text;
      },
      log: (line) => {
        written.err += `${line}\n`;
      },
      stdin: async function* () {},
      hasColours: false,
      directory,
      now: () => new Date().toISOString(),
    });
    return { code, ...written };
  };
  const resultsOf = async (...args: readonly string[]) => {
    const { code, out, err } = await run(...args, '-o', 'json');
    const results: readonly { readonly rule: string; readonly object: string; readonly message: string }[] =
      out === '' ? [] : JSON.parse(out).results;
    return { code, err, said: results.map(({ rule, object }) => `${rule} ${object}`), results };
  };

  it('renders what the operator has written, to the last byte of body and labels', async () => {
    await makeDns(world());
    await member(world(), NAME, NAME);
    await declare(world(), NAME, SECTIONS);
    await untilReady(world(), NAME, 1);
    await untilQuiet(world());
    const { code, out, err } = await run('render', '-n', NAME, '-o', 'json');
    expect([code, err]).to.deep.equal([0, 'namespaces: 1, objects: 11\n']);
    const objects: readonly Rendered[] = JSON.parse(out).items;
    for (const object of objects) {
      const live = await world().admin.get(await world().admin.pathOf(object));
      expect(Object.hasOwn(live, 'status') ? { ...live, status: undefined } : live, object.metadata.name).to.deep.equal(
        {
          ...object,
          metadata: { ...live.metadata, ...object.metadata },
          ...(Object.hasOwn(live, 'status') ? { status: undefined } : {}),
        },
      );
    }
  });

  it('renders all that is there under our names', async () => {
    const { out } = await run('render', '-n', NAME, '-o', 'json');
    const rendered = (JSON.parse(out).items as readonly Rendered[]).map(({ metadata: { name } }) => name);
    const core = `/api/v1/namespaces/${NAME}`;
    const paths = [policies(NAME), roles(NAME), bindings(NAME), `${core}/resourcequotas`, `${core}/limitranges`];
    const live = (await Promise.all(paths.map((path) => world().admin.list(path)))).flat();
    expect(['default', ...live.map(({ metadata }) => metadata.name)].sort()).to.deep.equal([...rendered].sort());
  });

  it('finds no difference where the operator has nothing to do, and then what it would put right', async () => {
    expect(await resultsOf('diff')).to.deep.include({ code: 0, err: 'differences: 0\n' });
    await world().stopOperator();
    await world().admin.delete(policies(NAME, DENY));
    await world().admin.patch(policies(NAME, 'drawbridge-allow-dns'), { spec: { egress: [{}] } });
    const { code, said, results } = await resultsOf('diff', '-n', NAME);
    expect(code).to.equal(1);
    expect(said).to.deep.equal([
      `change NetworkPolicy ${NAME}/drawbridge-allow-dns`,
      `add NetworkPolicy ${NAME}/${DENY}`,
    ]);
    expect(results[0]?.message).to.contain('spec.egress[0].to: nothing → [{');
    const explained = await run('explain', '-n', NAME);
    expect(explained.code).to.equal(1);
    expect(explained.out).to.match(/drawbridge-default-deny +missing/);
    expect(explained.out).to.match(/drawbridge-allow-dns +differs at spec\.egress/);
    for (const command of ['explain', 'diff', 'render']) {
      const nowhere = await run(command, '-n', 'nowhere');
      expect([nowhere.code, nowhere.err], command).to.deep.equal([2, 'error: there is no namespace nowhere\n']);
    }
    await world().startOperator();
    await eventually(async () => expect((await resultsOf('diff', '-n', NAME)).code).to.equal(0), { withinMs: 20_000 });
  });

  it('says what applying files, or setting labels, would change, and changes nothing', async () => {
    await untilQuiet(world());
    const mark = await world().mark();
    const { network: _network, ...rest } = SECTIONS;
    const edited = baselineOf(NAME, {
      ...rest,
      network: { ...FULL_NETWORK, defaultDeny: ['Ingress', 'Egress'], blockedCidrs: [] },
    });
    writeFileSync(join(directory, 'edited.yaml'), stringify(edited));
    const applied = await resultsOf('diff', '--live', 'edited.yaml');
    expect(applied.said).to.deep.equal([`change NetworkPolicy ${NAME}/drawbridge-rule-to-internet`]);
    await world().namespace('joining');
    const joined = await resultsOf('diff', '-n', 'joining', '--namespace-labels', `baseline=${NAME}`);
    expect([joined.code, joined.said.length]).to.deep.equal([1, 11]);
    expect(
      (await world().writesSince(mark, { all: true })).filter(({ namespace }) => namespace === 'joining'),
    ).to.deep.equal([]);
  });
});
