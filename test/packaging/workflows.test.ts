import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = '.github/workflows';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** `ci.yml` and its like; whether they are well formed, actionlint says in CI. */
describe('The workflows', () => {
  const texts = new Map(
    globSync(`${FOLDER}/*.yml`, { cwd: ROOT }).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
  const workflows = new Map([...texts].map(([path, text]) => [path, parse(text) as Workflow]));
  const release = (): Workflow => workflows.get(`${FOLDER}/release.yml`) as Workflow;
  const steps = (): readonly Step[] =>
    [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));

  it('take actions of others by commit, with the version beside it, and one commit of each', () => {
    const used = [...texts.values()].flatMap((text) =>
      [...text.matchAll(/uses: (.*)$/gm)].map(([, what]) => what ?? ''),
    );
    expect(used).to.have.lengthOf.above(10);
    expect(used.filter((what) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).to.deep.equal([]);
    const names = new Set(used.map((what) => what.split('@')[0]));
    expect(new Set(used).size).to.equal(names.size);
  });

  it('put nothing of a request or a tag into a script, but by the environment', () => {
    expect(steps().filter(({ run }) => run?.includes('${{'))).to.deep.equal([]);
  });

  it('leave no credentials behind, and end by themselves', () => {
    const checkouts = steps().filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).to.deep.equal([]);
    const jobs = [...workflows.values()].flatMap((workflow) => Object.entries(workflow.jobs));
    expect(jobs.filter(([, job]) => job['timeout-minutes'] === undefined).map(([name]) => name)).to.deep.equal([]);
  });

  it('grant a job of a release what it needs, and none anything by default', () => {
    expect(release().permissions).to.deep.equal({});
    expect(workflows.get(`${FOLDER}/ci.yml`)?.permissions).to.deep.equal({ contents: 'read' });
    const writes = Object.entries(release().jobs).map(([name, { permissions = {} }]) => [
      name,
      Object.keys(permissions).filter((what) => permissions[what] === 'write'),
    ]);
    expect(Object.fromEntries(writes)).to.deep.equal({
      verify: [],
      npm: ['id-token'],
      image: ['packages', 'id-token', 'attestations'],
      chart: ['packages', 'id-token', 'attestations'],
      files: ['contents', 'id-token', 'attestations'],
    });
  });

  it('publish only what passed the tests, and compare the bundle with the one that did', () => {
    const jobs = release().jobs;
    const all = (name: string): readonly string[] =>
      [jobs[name]?.needs ?? []].flat().flatMap((need) => [need, ...all(need)]);
    for (const name of Object.keys(jobs)) if (name !== 'verify') expect(all(name), name).to.include('verify');
    for (const name of ['npm', 'image', 'files']) {
      const scripts = jobs[name]?.steps.map(({ run }) => run ?? '').join('\n');
      expect(scripts, name).to.include('"$TESTED  dist/').and.to.include('sha256sum --check');
    }
  });
});
