import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { stringify } from 'yaml';
import { explain } from '../../src/audit/match.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import type { ControlPlane } from '../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../support/controlPlane/controlPlane.ts';
import { eventually } from '../support/eventually.ts';
import type { AnyRequest } from './arbitraryPolicy.ts';
import { anyPolicy, anyRequest, GROUPS, USERS } from './arbitraryPolicy.ts';
import { auditedRequest } from './requestInfo.ts';

const MINOR = 36;
const POLICIES = process.env.DRAWBRIDGE_LONG_TESTS ? 20 : 4;
const REQUESTS = 150;
/** The same ones each time; another seed plays others. */
const SEED = 20261125;

describe('kube-apiserver under audit policies', function () {
  this.timeout(300_000);
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-audit-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  let files = 0;
  const file = (name: string, text: string): string => {
    files += 1;
    const path = join(dir, `${files}-${name}`);
    writeFileSync(path, text);
    return path;
  };
  const start = (policy: string): Promise<ControlPlane> => {
    const tokens = USERS.map((user) => `token-of-${user},${user},${user},"${GROUPS[user].join(',')}"`).join('\n');
    return startControlPlane({
      controllerManager: false,
      apiServerFlags: [
        `--audit-policy-file=${file('policy.yaml', policy)}`,
        `--token-auth-file=${file('tokens.csv', `${tokens}\n`)}`,
      ],
    });
  };

  fc.sample(anyPolicy, { numRuns: POLICIES, seed: SEED }).forEach((raw, index) => {
    it(`records ${REQUESTS} requests at the levels that we predict, under random policy ${index + 1}`, async () => {
      const { policy, mistakes } = readPolicy(stringify(raw), MINOR);
      expect(mistakes).to.deep.equal([]);
      if (policy === undefined) return;
      const controlPlane = await start(stringify(raw));
      const agent = new Agent({ connect: { ca: controlPlane.caPem } });
      try {
        const sent = new Map<string, AnyRequest>();
        for (const one of fc.sample(anyRequest, { numRuns: REQUESTS, seed: SEED + index })) {
          const id = randomUUID();
          sent.set(id, one);
          await ask(controlPlane.url, agent, one, id);
        }
        const last = [...sent].findLast(([, one]) => explain(policy, auditedRequest(one)).level !== 'None');
        const recorded = await eventually(async () => {
          const found = levelsIn(controlPlane.auditLogPath);
          if (last !== undefined) expect(found.has(last[0]), 'the last one is in the log').to.equal(true);
          return found;
        });
        const counts: Record<string, number> = {};
        for (const [id, one] of sent) {
          const { level, why } = explain(policy, auditedRequest(one));
          counts[level] = (counts[level] ?? 0) + 1;
          expect(recorded.get(id) ?? 'None', `${JSON.stringify(one)}: ${why}`).to.equal(level);
        }
        console.log(`      ${raw.rules.length} rules: ${JSON.stringify(counts)}`);
      } finally {
        await agent.destroy();
        await controlPlane.stop();
      }
    });
  });
});

async function ask(url: string, dispatcher: Agent, { user, method, path }: AnyRequest, id: string): Promise<void> {
  const headers = { authorization: `Bearer token-of-${user}`, 'audit-id': id, 'content-type': 'application/json' };
  const body = method === 'POST' || method === 'PUT' ? '{}' : null;
  const response = await request(new URL(path, url), { method, headers, body, dispatcher });
  await response.body.dump();
}

/** The level of each request's events, by the ID that it came with. */
function levelsIn(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const { auditID, level } = JSON.parse(line) as { readonly auditID: string; readonly level: string };
      return [auditID, level];
    }),
  );
}
