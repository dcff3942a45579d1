import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createProbing } from '../../../src/agents/auditAgent/probing.ts';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { marked } from '../../../src/audit/compile/mark.ts';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { explain } from '../../../src/audit/match.ts';
import type { AuditPolicy } from '../../../src/audit/policy.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { sha256 } from '../../../src/kube/sha256.ts';

const USER = { name: 'agent', groups: [] };
const policy = (level: 'Metadata' | 'Request'): AuditPolicy =>
  marked(compilePolicy([{ level, rules: [] }]), sha256).policy;

describe('the proof of the audit agent', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-probing-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Proves a file against a server with a policy; undefined: no event reaches the receiver. */
  async function proofOf(text: string, server: AuditPolicy | undefined, isDown = false): Promise<string> {
    const policyFile = join(dir, 'policy.yaml');
    writeFileSync(policyFile, text);
    const events = new Map<string, AuditEvent>();
    let nowMs = 0;
    const prove = createProbing({
      policyFile,
      server: 'https://127.0.0.1:6443',
      namespace: 'drawbridge-audit-agent',
      timeoutMs: 1_000,
      nowMs: () => (nowMs += 600),
      sender: {
        whoAmI: async () => USER,
        send: async (_server, { auditId, asked }) => {
          if (server === undefined) return;
          const { level } = explain(server, { user: USER, ...asked });
          if (level !== 'None') events.set(auditId, { auditId, stage: 'ResponseComplete', level } as AuditEvent);
        },
      },
      evidence: {
        requests: async (ids) => {
          if (isDown) throw new Error('nobody answers');
          return ids.flatMap((auditId) => {
            const event = events.get(auditId);
            return event === undefined ? [] : [{ auditId, events: [event], total: 1 }];
          });
        },
      },
    });
    return prove(new AbortController().signal);
  }

  it('is effective where the server records what the file says', async () => {
    expect(await proofOf(policyText(policy('Metadata')), policy('Metadata'))).to.equal('effective');
  });

  it('is not where it has another policy', async () => {
    expect(await proofOf(policyText(policy('Metadata')), policy('Request'))).to.equal('not-effective');
  });

  it('is unknown where no event comes, the receiver does not answer, or the policy has no mark', async () => {
    expect(await proofOf(policyText(policy('Metadata')), undefined)).to.equal('unknown');
    expect(await proofOf(policyText(policy('Metadata')), policy('Metadata'), true)).to.equal('unknown');
    expect(await proofOf(policyText(compilePolicy([])), policy('Metadata'))).to.equal('unknown');
    expect(await proofOf('rules: [', policy('Metadata'))).to.equal('unknown');
  });
});
