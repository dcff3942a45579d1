import { expect } from 'chai';
import type { EventNote, EventRecorder } from '../../src/kube/events.ts';
import { identified } from '../../src/operator/identified.ts';

describe('Events about what is known', () => {
  const recorded: EventNote[] = [];
  const recorder: EventRecorder = {
    record: (note) => void recorded.push(note),
    lost: () => 0,
    stop: async () => {},
  };
  const uidOf = (kind: string, namespace: string, name: string): string | undefined => {
    const get = () => ({ uid: `uid-of-${name}` }) as never;
    recorded.length = 0;
    const regarding = { apiVersion: 'v1', kind, namespace, name };
    const events = identified(recorder, { get: name === 'unknown' ? () => undefined : get });
    events.record({ regarding, type: 'Normal', reason: 'Seen', action: 'Look', note: 'a note' });
    return recorded[0]?.regarding.uid;
  };

  it('have the uid of an object of the cluster, without which kubectl describe shows none', () => {
    expect(uidOf('SecurityBaseline', '', 'restricted')).to.equal('uid-of-restricted');
    expect(uidOf('SecurityBaseline', '', 'unknown')).to.equal(undefined);
  });

  it('have none of an object that repairs make anew, so that equal ones stay one series', () => {
    expect(uidOf('NetworkPolicy', 'payments', 'drawbridge-default-deny')).to.equal(undefined);
  });
});
