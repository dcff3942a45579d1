import { expect } from 'chai';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { DROPS, ENDS, READ, STRICTER } from './corpus.ts';
import type { Judge, Verdict } from './verdict.ts';
import { startJudge } from './verdict.ts';

const MINOR = 36;

describe('kube-apiserver and we, of a policy file', function () {
  this.timeout(120_000);
  let judge: Judge;
  before(async () => {
    judge = await startJudge();
  });
  after(() => judge.end());

  const isRead = (file: string | Buffer): boolean => readPolicy(file.toString(), MINOR).policy !== undefined;
  const each = (files: Readonly<Record<string, string | Buffer>>, title: (what: string) => string) => ({
    both: (verdict: (one: Verdict) => void, isOurs: boolean) => {
      for (const [what, file] of Object.entries(files)) {
        it(title(what), async () => {
          verdict(await judge.verdict(file));
          expect(isRead(file), 'we read it').to.equal(isOurs);
        });
      }
    },
  });

  each(ENDS, (what) => `it ends over ${what}, and we refuse it`).both(({ isAccepted, said }) => {
    expect(isAccepted, 'it started').to.equal(false);
    expect(said).to.match(/audit policy/i);
  }, false);
  each(DROPS, (what) => `it leaves ${what} out with a warning, and we refuse it`).both((verdict) => {
    expect(verdict).to.include({ isAccepted: true, isLenient: true });
  }, false);
  each(STRICTER, (what) => `it takes ${what}, and we do not`).both((verdict) => {
    expect(verdict).to.include({ isAccepted: true, isLenient: false });
  }, false);
  each(READ, (what) => `it takes ${what}, and so do we`).both((verdict) => {
    expect(verdict).to.include({ isAccepted: true, isLenient: false });
  }, true);
});
