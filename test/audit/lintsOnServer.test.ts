import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { BUILTIN_KINDS } from '../../src/audit/builtinKinds.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { readEvent } from '../../src/audit/event.ts';
import { identitiesIn } from '../../src/audit/identities.ts';
import type { LintContext, LintFinding } from '../../src/audit/lint.ts';
import { LINTS, lintPolicy } from '../../src/audit/lintPolicy.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { eventually } from '../support/eventually.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import type { Answer, AuditedServer } from './auditedServer.ts';
import { startAuditedServer } from './auditedServer.ts';
import { discover, scopesIn } from './discovered.ts';
import { LINT_CASES } from './lintCases.ts';
import type { SecretRequest } from './secretRequests.ts';
import { SECRET_RULES, secretRequests } from './secretRequests.ts';

type Phase = 'wrong' | 'right';
const PHASES: readonly Phase[] = ['wrong', 'right'];
const CASES = Object.entries(LINT_CASES);
const SECRETS = 'bodies-of-secrets';
/** In strictOnServer.test.ts. */
const STRICT = 'strict-without-received';
const namespaceOf = (id: string, phase: Phase): string => `${id}-${phase}`;
/** Time in which an event that must not be there would come. */
const SETTLE_MS = 300;

const file = (rules: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['ResponseStarted'], rules });

/** The rules of all cases in one policy, and where those of each begin. */
function combined(phase: Phase) {
  const rules: object[] = [...SECRET_RULES[phase]];
  const places = new Map([[SECRETS, { from: 0, to: rules.length }]]);
  for (const [id, one] of CASES) {
    const from = rules.length;
    rules.push(...one[phase](namespaceOf(id, phase)));
    places.set(id, { from, to: rules.length });
  }
  return { text: file(rules), places };
}

function findingsOf(text: string, context: LintContext): readonly LintFinding[] {
  const { policy, mistakes } = readPolicy(text, 36);
  expect(mistakes).to.deep.equal([]);
  return policy === undefined ? [] : lintPolicy(policy, context);
}

const ruleOf = ({ path }: LintFinding): number | undefined => {
  const index = /^rules\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? undefined : Number(index);
};

const eventsIn = (server: AuditedServer): readonly AuditEvent[] =>
  [...server.lines().values()].flat().flatMap((line) => readEvent(JSON.parse(line)) ?? []);

const levelOf = (server: AuditedServer, { auditId }: Answer): string => {
  const [line] = server.lines().get(auditId) ?? [];
  return line === undefined ? 'nothing' : (readEvent(JSON.parse(line))?.level ?? 'no event');
};

describe('A lint speaks of what a kube-apiserver does', function () {
  this.timeout(180_000);
  let server: AuditedServer;
  let admin: KubeAdmin;
  let served: ReadonlyMap<string, ReadonlySet<string>>;
  let impersonations: readonly AuditEvent[] = [];
  /** What came of the requests of a case, under the one policy and under the other. */
  const answers: Record<Phase, Map<string, readonly Answer[]>> = { wrong: new Map(), right: new Map() };
  const levels: Record<Phase, Map<string, readonly string[]>> = { wrong: new Map(), right: new Map() };
  const secrets: Record<Phase, (SecretRequest & { readonly answer: Answer; readonly lines: string })[]> = {
    wrong: [],
    right: [],
  };

  before(async () => {
    const users = [...CASES.map(([, { user }]) => user), 'secrets', 'careful'];
    const tokens = Object.fromEntries(users.map((user) => [user, ['system:masters']]));
    server = await startAuditedServer(tokens, combined('wrong').text);
    admin = kubeAdmin(server.controlPlane.kubeconfig);
    await prepare(admin);
    served = await discover(admin);
    for (const phase of PHASES) {
      if (phase === 'right') await server.use(combined('right').text);
      await play(phase);
    }
  });
  after(async () => {
    await admin?.close();
    await server?.stop();
  });

  async function play(phase: Phase): Promise<void> {
    for (const [id, { requests }] of CASES) {
      const got: Answer[] = [];
      for (const one of requests(namespaceOf(id, phase))) got.push(await server.ask(one));
      answers[phase].set(id, got);
    }
    const asked: (SecretRequest & { readonly answer: Answer })[] = [];
    for (const one of secretRequests(namespaceOf(SECRETS, phase))) {
      asked.push({ ...one, answer: await server.ask(one.asked) });
    }
    await eventually(() => {
      for (const [id, { seen }] of CASES) {
        const got = (answers[phase].get(id) ?? []).map((answer) => levelOf(server, answer));
        levels[phase].set(id, got);
        expect(got.map((level) => level === 'nothing')).to.deep.equal(seen[phase].map((level) => level === 'nothing'));
      }
      for (const { answer } of asked) expect(levelOf(server, answer)).to.not.equal('nothing');
    }).catch(() => undefined); // The tests say which.
    await sleep(SETTLE_MS);
    for (const [id, got] of answers[phase])
      levels[phase].set(
        id,
        got.map((answer) => levelOf(server, answer)),
      );
    for (const one of asked) {
      secrets[phase].push({ ...one, lines: (server.lines().get(one.answer.auditId) ?? []).join('\n') });
    }
    if (phase === 'wrong') impersonations = eventsIn(server);
  }

  for (const [id, { seen }] of CASES) {
    it(`${id}: what is wrong, and what it says to write instead`, () => {
      const context: LintContext = { served, identities: identitiesIn(impersonations) };
      for (const phase of PHASES) {
        const { text, places } = combined(phase);
        const { from = 0, to = 0 } = places.get(id) ?? {};
        const found = findingsOf(text, context).filter((one) => one.id === id);
        const here = found.filter((one) => {
          const rule = ruleOf(one);
          return rule === undefined || (rule >= from && rule < to);
        });
        expect(here.length > 0, `the lint speaks of the ${phase} rules: ${JSON.stringify(here)}`).to.equal(
          phase === 'wrong',
        );
        expect(levels[phase].get(id), `${phase} rules`).to.deep.equal(seen[phase]);
        for (const { status } of answers[phase].get(id) ?? []) expect(status).to.not.be.oneOf([401, 403, 500]);
      }
    });
  }

  it('impersonated-only: the event names both, and the rule was not about the one it named', () => {
    const [event] = impersonations.filter(({ impersonated }) => impersonated !== undefined);
    expect(event).to.deep.include({ level: 'Metadata' });
    expect([event?.user.name, event?.impersonated?.name]).to.deep.equal(['boss', 'deployer']);
  });

  it(`${SECRETS}: what was kept secret is in the log, and is not with the rule that it says to write`, () => {
    for (const phase of PHASES) {
      const found = findingsOf(combined(phase).text, {}).filter(({ id }) => id === SECRETS);
      expect(found.map(ruleOf)).to.deep.equal(phase === 'wrong' ? [0] : []);
      for (const { what, isLeak, secret, answer, lines } of secrets[phase]) {
        expect(answer.status, `${what}: ${answer.body}`).to.be.oneOf([200, 201]);
        expect(lines, `${what} is recorded`).to.not.equal('');
        const text = secret(answer);
        expect(text.length, `${what} has a secret`).to.be.greaterThan(5);
        expect(lines.includes(text), `${phase} rules: ${what} is in the log`).to.equal(isLeak && phase === 'wrong');
      }
    }
  });

  it('knows where the kinds of Kubernetes live', async () => {
    for (const [group, { namespaced, cluster }] of BUILTIN_KINDS) {
      const scopes = await scopesIn(admin, group);
      for (const [resource, isNamespaced] of scopes) {
        expect((isNamespaced ? namespaced : cluster).includes(resource), `${group}/${resource}`).to.equal(true);
      }
      expect(namespaced.length + cluster.length, group).to.equal(scopes.size);
    }
  });
});

describe('The lints', () => {
  it('have a run on a kube-apiserver each', () => {
    expect([...Object.keys(LINT_CASES), SECRETS, STRICT].sort()).to.deep.equal(LINTS.map(({ id }) => id).sort());
  });
});

async function prepare(admin: KubeAdmin): Promise<void> {
  for (const id of [...Object.keys(LINT_CASES), SECRETS]) {
    for (const phase of PHASES) {
      const namespace = namespaceOf(id, phase);
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      if (id !== SECRETS) continue;
      await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace } });
    }
  }
  await admin.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
}
