import { expect } from 'chai';
import { newMemory } from '../../src/core/gates/memory.ts';
import { remember } from '../../src/core/gates/remember.ts';
import type { Change } from '../../src/core/plan/change.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { applyChange } from '../../src/operator/applyChange.ts';
import type { ApplyPorts } from '../../src/operator/ports.ts';
import { liveOf, permit, update } from '../core/changes.ts';

/** The versions with which an update was tried, while the server answers so many conflicts. */
async function tried(change: Change, conflicts: number) {
  const versions: (string | undefined)[] = [];
  const answerTo = async (object: KubeObject) => {
    versions.push(object.metadata.resourceVersion);
    if (versions.length <= conflicts) throw conflict();
    return liveOf(object.metadata.name, '9');
  };
  const ports = {
    writer: { update: answerTo },
    index: { get: () => liveOf('drawbridge-d', '2') },
    acknowledge: () => undefined,
    lacksRight: async () => false,
    nowMs: () => 0,
  } as unknown as ApplyPorts;
  return { versions, result: await applyChange(change, ports, new AbortController().signal) };
}

const conflict = () =>
  new KubeError({ method: 'PUT', path: '/', status: 409, body: { reason: 'Conflict', message: 'modified' } });

const repaired: Drift = {
  ...update(),
  change: 'modified',
  fields: [],
  manager: '',
  result: 'repaired',
  repairedInMs: 1,
};

describe('THREATS 5: an update that others keep overtaking', () => {
  it('is written with the live version when nobody does', async () => {
    const { versions, result } = await tried(update(), 0);
    expect(versions).to.deep.equal(['1']);
    expect(result).to.deep.include({ result: 'written', conflicts: 0 });
  });

  it('is written without a version after two conflicts in a row', async () => {
    const { versions, result } = await tried(update(), 2);
    expect(versions).to.deep.equal(['1', '2', undefined]);
    expect(result).to.deep.include({ result: 'written', conflicts: 2 });
  });

  it('is then written without a version at once, as long as the contest lasts', async () => {
    const { result } = await tried(update(), 2);
    const memory = remember(newMemory(0), [result], [repaired], 0);
    const [next] = permit([update()], { memory, nowMs: 100 }).writes;
    if (next === undefined) throw new Error('the repair was withheld');
    const { versions } = await tried(next, 0);
    expect(versions).to.deep.equal([undefined]);
    const later = remember(memory, [], [], 60_000);
    expect(permit([update()], { memory: later, nowMs: 60_001 }).writes[0]).not.to.have.property('outrun');
  });

  it('is written with a version again where one conflict was all', async () => {
    const { result } = await tried(update(), 1);
    const memory = remember(newMemory(0), [result], [repaired], 0);
    expect(permit([update()], { memory }).writes[0]).not.to.have.property('outrun');
  });
});
