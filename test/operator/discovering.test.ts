import { expect } from 'chai';
import type { KubeRequest } from '../../src/kube/request.ts';
import type { Discovery } from '../../src/operator/discovering.ts';
import { keepDiscovering } from '../../src/operator/discovering.ts';
import { refused } from '../support/buildServer.ts';
import { eventually } from '../support/eventually.ts';

const GROUPS = { groups: [{ name: 'cilium.io', preferredVersion: { groupVersion: 'cilium.io/v2', version: 'v2' } }] };
const answers = async ({ path }: KubeRequest): Promise<unknown> =>
  path === '/version' ? { major: '1', minor: '36', gitVersion: 'v1.36.0' } : GROUPS;

describe('What is served', () => {
  let discovery: Discovery | undefined;
  afterEach(() => discovery?.stop());
  /** `served`: what the engine heard; `warned`: what was logged. */
  const asking = (json: (request: KubeRequest) => Promise<unknown>) => {
    const heard = { served: [] as unknown[], warned: [] as unknown[] };
    discovery = keepDiscovering(
      { host: 'test', json: async <T>(request: KubeRequest) => (await json(request)) as T },
      { served: (groups, minor) => void heard.served.push([groups, minor]) },
      { warn: (message: unknown) => heard.warned.push(message) } as never,
      { everyMs: 60_000, againMs: 5, atOnceMs: 1, withinMs: 500 },
    );
    return { ...heard, asked: discovery.asked };
  };

  it('is known before work begins', async () => {
    const { asked, served } = asking(answers);
    await asked;
    expect(served).to.deep.equal([[['', 'cilium.io'], 36]]);
  });

  it('holds nothing up where it may not be asked, and is asked again later', async () => {
    let isAway = true;
    const { asked, served, warned } = asking((request) =>
      isAway ? Promise.reject(refused(403, 'forbidden', {}, 'GET')) : answers(request),
    );
    await asked;
    expect([served, warned]).to.deep.equal([[], ['discovery did not answer']]);
    isAway = false;
    await eventually(() => expect(served).to.have.length(1));
  });

  it('is asked for again at once where it fails: what is told as unknown would be written, and taken back', async () => {
    let failures = 3;
    const { asked, served } = asking((request) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(refused(500, 'a moment', {}, 'GET')) : answers(request);
    });
    await asked;
    expect(served).to.have.length(1);
  });

  it('holds nothing up for long where it hangs: repairs do not wait for it', async () => {
    const { asked, served } = asking(() => new Promise(() => {}));
    await asked;
    expect(served).to.deep.equal([]);
  });
});
