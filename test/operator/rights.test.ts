import { expect } from 'chai';
import type { KubeRequest, Transport } from '../../src/kube/transport.ts';
import { createRights } from '../../src/operator/rights.ts';

function world() {
  const asked: KubeRequest[] = [];
  const state = { allowed: true as boolean | undefined, nowMs: 0, answers: true };
  const transport = {
    json: async (request: KubeRequest) => {
      asked.push(request);
      if (!state.answers) throw new Error('no answer');
      return state.allowed === undefined ? {} : { status: { allowed: state.allowed } };
    },
  } as Partial<Transport> as Transport;
  return { asked, state, lacks: createRights(transport, () => state.nowMs) };
}

describe('THREATS 18: whether a right is missing', () => {
  it('is what a SelfSubjectAccessReview says, and unknown when it says nothing', async () => {
    for (const [allowed, expected] of [
      [true, false],
      [false, true],
      [undefined, undefined],
    ] as const) {
      const { lacks, state } = world();
      state.allowed = allowed;
      expect(await lacks('create', 'Role', 'payments')).to.equal(expected);
    }
    const { lacks, state } = world();
    state.answers = false;
    expect(await lacks('create', 'Role', 'payments')).to.equal(undefined);
  });

  it('is asked of verb, kind and namespace', async () => {
    const { asked, lacks } = world();
    await lacks('delete', 'NetworkPolicy', 'payments');
    expect(asked[0]?.path).to.equal('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews');
    const attributes = {
      verb: 'delete',
      group: 'networking.k8s.io',
      resource: 'networkpolicies',
      namespace: 'payments',
    };
    expect(asked[0]?.body).to.deep.include({ spec: { resourceAttributes: attributes } });
  });

  it('is asked once in thirty seconds, so that a thousand refusals are not a thousand questions', async () => {
    const { asked, lacks, state } = world();
    await Promise.all([lacks('create', 'Role', 'a'), lacks('create', 'Role', 'a')]);
    expect(asked).to.have.length(1);
    await lacks('create', 'Role', 'b');
    await lacks('update', 'Role', 'a');
    expect(asked).to.have.length(3);
    state.nowMs = 30_000;
    await lacks('create', 'Role', 'a');
    expect(asked).to.have.length(4);
  });
});
