import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { grantObjects } from '../../../src/cli/audit/grantObjects.ts';
import { GET_SECRET, LIST_PODS, line, readLines, run } from './run.ts';

const objectsIn = (text: string) =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS())
    .filter((object) => object !== null);

const GRANTS = `
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: cluster-admin}
  rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: wide}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
  subjects: [{kind: ServiceAccount, namespace: shop, name: bot}]
`;

describe('audit propose', () => {
  it('writes manifests with what they rest on, and ends 0 where nothing is left to decide', async () => {
    const { output, exitCode } = await run([LIST_PODS, LIST_PODS]);
    const [role, binding, ...rest] = objectsIn(output);
    expect(rest).to.deep.equal([]);
    expect(role.kind).to.equal('Role');
    expect(role.rules).to.deep.equal([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
    expect(role.metadata.annotations).to.include({
      'drawbridge.dev/observed-requests': '2',
      'drawbridge.dev/confidence': 'low',
    });
    expect(binding.subjects).to.deep.equal([{ kind: 'ServiceAccount', namespace: 'shop', name: 'bot' }]);
    expect(output).to.include('# 2 requests; 2026-11-25T10:00:00.000000Z; by ClusterRoleBinding wide');
    expect(exitCode).to.equal(0);
  });

  it('counts for each role what was used there', async () => {
    const inBank = line('list', '/api/v1/namespaces/bank/pods', { resource: 'pods', namespace: 'bank' });
    const { output } = await run([LIST_PODS, LIST_PODS, inBank]);
    expect(output.match(/# \d requests?;/g)).to.deep.equal(['# 1 request;', '# 2 requests;']);
  });

  it('keeps what needs approval in comments until it is approved by name, and ends 1 until then', async () => {
    const open = await run([LIST_PODS, GET_SECRET]);
    expect(JSON.stringify(objectsIn(open.output))).to.not.include('secrets');
    expect(open.output).to.include('To grant it: --approve secrets-read');
    expect(open.output).to.include('#       - "secrets"');
    expect(open.exitCode).to.equal(1);
    const approved = await run([LIST_PODS, GET_SECRET], { approved: ['secrets-read'] });
    expect(objectsIn(approved.output).flatMap(({ rules }) => rules ?? [])).to.deep.include({
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['db'],
      verbs: ['get'],
    });
    expect(approved.exitCode).to.equal(0);
  });

  it('counts lines that are no events, says where they are, and ends 1', async () => {
    const { output, exitCode } = await run([LIST_PODS, '{"kind":"Ev', undefined, '{"kind":"Pod"}', '', '7']);
    expect(output).to.include('# 3 lines are no events.');
    expect(output).to.include('# 1 lines are longer than 16 MiB.');
    expect(output).to.include('# The first of these: audit.log:2, audit.log:3, audit.log:4, audit.log:6.');
    expect(exitCode).to.equal(1);
  });

  it('reads an EventList as a webhook is sent it, and counts one with something else in it', async () => {
    const { kind: _, ...item } = JSON.parse(LIST_PODS);
    const listOf = (...items: readonly unknown[]) => JSON.stringify({ kind: 'EventList', items });
    expect((await readLines([listOf(item, item)])).usage.events).to.equal(2);
    expect((await readLines([listOf(item, 7)])).poison.lines).to.equal(1);
  });

  it('leaves out events from before --since, and says how many', async () => {
    const log = await readLines([LIST_PODS, GET_SECRET], { since: '2026-11-25T10:00:00.000001Z' });
    expect(log.older).to.equal(2);
    expect(log.usage.subjects.size).to.equal(0);
  });

  it('says what of the grants was not used, and ends 1', async () => {
    const { output, exitCode } = await run([LIST_PODS], {}, grantObjects(GRANTS, 'grants.yaml'));
    expect(output).to.include(
      'ClusterRoleBinding wide of ClusterRole cluster-admin: not used: * *; more than was used',
    );
    expect(exitCode).to.equal(1);
    expect(() => grantObjects('kind: Pod', 'pod.yaml')).to.throw('pod.yaml has no Roles or bindings: write it with');
    expect(() => grantObjects('a: [', 'a.yaml')).to.throw('a.yaml is no YAML');
  });

  it('names the bindings of --grants behind a right where the log names none', async () => {
    const annotations = { 'authorization.k8s.io/decision': 'allow' };
    const silent = line(
      'list',
      '/api/v1/namespaces/shop/pods',
      { resource: 'pods', namespace: 'shop' },
      { annotations },
    );
    const grants = grantObjects(GRANTS, 'grants.yaml');
    expect((await run([silent])).output).to.not.include('by ClusterRoleBinding');
    expect((await run([silent], {}, grants)).output).to.include('Z; by ClusterRoleBinding wide');
    const { proposals } = JSON.parse((await run([silent], { output: 'json' }, grants)).output);
    expect(proposals[0].grantedBy).to.deep.equal([[{ kind: 'ClusterRoleBinding', namespace: '', name: 'wide' }]]);
  });

  it('writes no text of a client that could end a comment or a value', async () => {
    const path = '/x%0Akind:%20Role%E2%80%A8y%C2%85z';
    const forbid = { annotations: { 'authorization.k8s.io/decision': 'forbid' }, responseStatus: { code: 403 } };
    const { output } = await run([
      line('get', path, undefined),
      line('get', '/no', undefined),
      line('get', `${path}%0Akind:%20x`, undefined, forbid),
    ]);
    expect(output).to.match(/^[\n\x20-\x7e]*$/);
    const [role, ...others] = objectsIn(output);
    expect(others).to.have.length(1);
    expect(role.rules[0].nonResourceURLs).to.deep.equal(['/no', '/x\nkind: Role\u2028y\u0085z']);
  });

  it('quotes what YAML 1.1 takes for something else', async () => {
    const names = ['yes', 'null', '0x1f', '1_000', '2026-11-25'];
    const get = (name: string) =>
      line('get', `/api/v1/namespaces/shop/configmaps/${name}`, { resource: 'configmaps', namespace: 'shop', name });
    const { output } = await run([...names, ...names].map(get));
    expect(objectsIn(output)[0].rules[0].resourceNames).to.deep.equal([...names].sort());
  });

  it('gives all that it knows as JSON', async () => {
    const { output } = await run([LIST_PODS, GET_SECRET], { output: 'json' });
    const { log, proposals } = JSON.parse(output);
    expect(log).to.deep.include({ events: 2, older: 0 });
    expect(proposals[0]).to.include.all.keys('confidence', 'used', 'needsApproval', 'objects', 'denied', 'toApprove');
  });

  it('says what to write where it knows nothing of a subject, or of any', async () => {
    const message = async (work: Promise<unknown>) =>
      work.then(
        () => 'no error',
        (error: Error) => error.message,
      );
    expect(await message(run([LIST_PODS], { subjects: ['shop:bot'] }))).to.include(
      'system:serviceaccount:NAMESPACE:NAME',
    );
    expect(await message(run([]))).to.include('no ServiceAccount used anything in 0 events');
  });
});
