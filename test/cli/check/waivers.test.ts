import { expect } from 'chai';
import { NOW } from '../run.ts';
import { GOOD, OPEN_POLICY, waiverOf } from '../samples.ts';
import { useCheck } from './run.ts';

const CONTROL = 'network.foreign-policies';
const DAY_MS = 86_400_000;
const daysFromNow = (days: number): string => new Date(Date.parse(NOW) + days * DAY_MS).toISOString();

describe('drawbridge check of waivers', () => {
  const { at, check } = useCheck();
  const said = async (waiver: string, now = NOW) => {
    at().write({ ...GOOD, 'app.yaml': OPEN_POLICY, 'waiver.yaml': waiver });
    const { code, results } = await check(['.'], { now });
    return {
      code,
      said: results.map(({ rule, severity, file, line }) => `${rule} ${severity} ${file}:${line}`),
      results,
    };
  };
  const OPENS = 'ForeignPolicyOpensNamespace error app.yaml:1';

  it('says nothing of one that holds', async () => {
    const ran = await said(waiverOf(CONTROL));
    expect([ran.code, ran.said]).to.deep.equal([0, ['ForeignPolicyOpensNamespace info app.yaml:1']]);
  });

  it('finds one that is over, and what it exempted until then', async () => {
    const ran = await said(waiverOf(CONTROL), '2026-11-30T13:00:00Z');
    expect(ran.code).to.equal(1);
    expect(ran.said).to.deep.equal([OPENS, 'WaiverExpired warning waiver.yaml:9']);
    expect(ran.results[1]?.message).to.equal('ended at 2026-11-30T13:00:00Z; the controls hold again');
  });

  it('finds one that would live too long, and waives nothing for it', async () => {
    const ran = await said(waiverOf(CONTROL, '', daysFromNow(367)));
    expect(ran.said).to.deep.equal([OPENS, 'WaiverRefused error waiver.yaml:9']);
    expect(ran.results[1]?.message).to.contain('it would live 367 days');
    expect((await said(waiverOf(CONTROL, '', daysFromNow(366)))).code).to.equal(0);
  });

  it('counts the life of one from its creation, where the file has it', async () => {
    const made = waiverOf(CONTROL, '', daysFromNow(100)).replace(
      '{name: legacy}',
      `{name: legacy, creationTimestamp: ${daysFromNow(-300)}}`,
    );
    expect((await said(made)).said).to.include('WaiverRefused error waiver.yaml:9');
  });

  it('takes a time without quotes for text, as Kubernetes does', async () => {
    const bare = waiverOf(CONTROL).replace('"2026-11-30T13:00:00Z"', '2026-11-30T13:00:00Z');
    expect((await said(bare)).code).to.equal(0);
  });

  it('notes one that matches nothing, and fails nobody for it: what it is about may be in the cluster alone', async () => {
    const elsewhere = await said(waiverOf(CONTROL).replace('[payments]', '[other]'));
    expect(elsewhere.said).to.deep.equal([OPENS, 'WaiverInert info waiver.yaml:5']);
    const gone = await said(waiverOf(CONTROL, 'objects: [{kind: NetworkPolicy, name: other}]'));
    expect(gone.said).to.deep.equal([OPENS, 'WaiverInert info waiver.yaml:5']);
    const ungoverned = await said(waiverOf('resources.quota'));
    expect(ungoverned.said).to.deep.equal([OPENS, 'WaiverInert info waiver.yaml:5']);
  });

  it('leaves it to what an API server refuses where the waiver is none', async () => {
    const wrong = await said(waiverOf(CONTROL).replace('[payments]', '["*"]'));
    expect(wrong.said).to.deep.equal([OPENS, 'InvalidObject error waiver.yaml:5']);
  });
});
