import { expect } from 'chai';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('repeats until the assertion passes, and returns its value', async () => {
    let calls = 0;
    const value = await eventually(
      () => {
        calls++;
        if (calls < 3) throw new Error(`call ${calls}`);
        return calls;
      },
      { everyMs: 1 },
    );
    expect(value).to.equal(3);
  });

  it('fails with the last error', async () => {
    let calls = 0;
    const fail = () => {
      calls++;
      throw new Error(`call ${calls}`);
    };
    const error: Error = await eventually(fail, { withinMs: 20, everyMs: 5 }).catch((reason) => reason);
    expect(error.message).to.equal(`call ${calls}`);
    expect(calls).to.be.greaterThan(1);
  });
});
