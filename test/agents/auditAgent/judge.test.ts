import { expect } from 'chai';
import fc from 'fast-check';
import { isRefusal, judge, readPointer } from '../../../src/agents/auditAgent/judge.ts';
import { MAX_POLICY_CHARS } from '../../../src/audit/compile/publication.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { pointerObject, policyName, policyObject } from '../../../src/operator/auditPolicy/objects.ts';
import { anySection } from '../../audit/compile/arbitrarySection.ts';
import { QUIET, textOf } from './publishing.ts';

const pointerTo = (hash: string) => ({ data: { sha256: hash, configMap: policyName(hash) } });
const judged = (policy: string, minor = 36) => {
  const hash = sha256(policy);
  return judge({ sha256: hash, configMap: policyName(hash) }, { data: { 'policy.yaml': policy } }, minor);
};

describe('A pointer', () => {
  it('of the operator is understood', () => {
    const hash = sha256(QUIET);
    const { body } = pointerObject(hash, 'before', {});
    expect(readPointer(body)).to.deep.equal({ configMap: policyName(hash), sha256: hash });
  });

  it('that is not there publishes nothing', () => {
    expect(readPointer(undefined)).to.include({ reason: 'NothingPublished' });
  });

  const hash = 'a'.repeat(64);
  for (const [what, data] of Object.entries({
    'has no hash': {},
    'has half a hash': { sha256: 'a'.repeat(32), configMap: policyName(hash) },
    'has a hash in capitals': { sha256: hash.toUpperCase(), configMap: policyName(hash) },
    'names a ConfigMap of another hash': { sha256: hash, configMap: policyName('b'.repeat(64)) },
    'names something else': { sha256: hash, configMap: '../secrets/x' },
    'has a list for a name': { sha256: hash, configMap: [policyName(hash)] },
  })) {
    it(`that ${what} is refused`, () => {
      expect(readPointer({ data })).to.include({ reason: 'PointerMalformed' });
    });
  }

  it('may be anything at all, and nothing throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (pointer, configMap) => {
        const read = readPointer(pointer);
        if (isRefusal(read)) judge({ sha256: hash, configMap: policyName(hash) }, configMap, 36);
      }),
    );
  });
});

describe('A published policy', () => {
  it('that the operator made is taken, whatever its sections, unless it lints badly', () => {
    let taken = 0;
    fc.assert(
      fc.property(anySection, (section) => {
        const policy = textOf(section);
        const hash = sha256(policy);
        const { body } = policyObject(policy);
        const result = judge({ sha256: hash, configMap: policyName(hash) }, body, 31);
        if ('reason' in result) expect(result.reason).to.equal('LintError');
        else {
          taken += 1;
          expect(result).to.deep.equal({ sha256: hash, text: policy });
        }
      }),
    );
    expect(taken).to.be.greaterThan(10);
  });

  const refused: Readonly<Record<string, readonly [string, string, number?]>> = {
    'is too large': [`${QUIET}#${'x'.repeat(MAX_POLICY_CHARS)}`, 'PolicyTooLarge'],
    'has a field that servers drop': [QUIET.replace('"verbs"', '"verb"'), 'PolicyInvalid'],
    'ends a server of that version': [
      textOf({ level: 'None', rules: [{ level: 'Request', resources: [{ group: '*' }] }] }),
      'PolicyInvalid',
      35,
    ],
    'is no policy': ['hello', 'PolicyInvalid'],
    'is two policies': [`${QUIET}---\n${QUIET}`, 'PolicyInvalid'],
    'hides what must be seen': [QUIET.replace(/- \{"level":"Metadata","verbs".*\n/, ''), 'BoundsBroken'],
    'shows what is in secrets': [QUIET.replace('"level":"Metadata"', '"level":"Request"'), 'BoundsBroken'],
    'omits the end of requests': [QUIET.replace('["RequestReceived"]', '["ResponseComplete"]'), 'BoundsBroken'],
  };
  for (const [what, [policy, reason, minor]] of Object.entries(refused)) {
    it(`that ${what} is refused`, () => {
      expect(judged(policy, minor)).to.include({ reason });
    });
  }

  it('that is another one than the pointer says is refused', () => {
    const pointer = readPointer(pointerTo(sha256(QUIET)));
    if (isRefusal(pointer)) throw new Error(pointer.message);
    const other = textOf({ level: 'Metadata', rules: [] });
    expect(judge(pointer, { data: { 'policy.yaml': other } }, 36)).to.include({ reason: 'HashMismatch' });
    expect(judge(pointer, { data: { 'policy.yaml': `${QUIET} ` } }, 36)).to.include({ reason: 'HashMismatch' });
  });

  it('that is not there, or is no text, is missing', () => {
    const pointer = { sha256: 'a'.repeat(64), configMap: policyName('a'.repeat(64)) };
    for (const configMap of [
      undefined,
      {},
      { data: { 'policy.yaml': 3 } },
      { binaryData: { 'policy.yaml': 'eA==' } },
    ]) {
      expect(judge(pointer, configMap, 36)).to.include({ reason: 'PolicyMissing' });
    }
  });
});
