import { expect } from 'chai';
import { Subject } from 'rxjs';
import { KubeError, UnreachableError } from '../../src/kube/errors.ts';
import { POLICIES_PATH } from './entries.ts';
import { initialEnd, watchInVirtualTime } from './wire.ts';

const expired = new KubeError({ status: 410, method: 'GET', path: POLICIES_PATH, body: {} });
const unreachable = new UnreachableError('ECONNREFUSED', 'GET', POLICIES_PATH);

/** A watch that an API server has been away from for a while. */
function duringOutage(wake = new Subject<void>()) {
  const watch = watchInVirtualTime({ wake });
  watch.last().send(initialEnd(10));
  for (let failures = 0; failures < 8; failures += 1) {
    watch.last().fail(unreachable);
    watch.advance(5_000);
  }
  watch.told();
  return { watch, wake };
}

describe('A watch after an outage', () => {
  it('lists soon when the server that is back knows no version from before', () => {
    const { watch } = duringOutage();
    watch.last().fail(expired);
    expect(watch.told()).to.deep.equal(['interrupted gone 25']);
    watch.advance(25);
    watch.last().fail(expired);
    expect(watch.told()).to.deep.equal(['init', 'interrupted gone 50']);
  });

  it('does not wait any longer when it is woken, and begins to wait anew', () => {
    const { watch, wake } = duringOutage();
    watch.last().fail(unreachable);
    const before = watch.connections.length;
    wake.next();
    expect(watch.connections).to.have.length(before + 1);
    watch.last().fail(unreachable);
    expect(watch.told().at(-1)).to.equal('interrupted unreachable 25');
    watch.advance(25);
    expect(watch.connections).to.have.length(before + 2);
  });

  it('is not disturbed by being woken while it is connected', () => {
    const { watch, wake } = duringOutage();
    const before = watch.connections.length;
    wake.next();
    expect(watch.connections).to.have.length(before);
    expect(watch.last().isCancelled()).to.equal(false);
  });
});
