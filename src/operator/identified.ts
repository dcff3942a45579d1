import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { EventNote, EventRecorder } from '../kube/events.ts';

/**
 * Events about objects of the cluster with the uid that is known of these: `kubectl describe` asks for it, and shows no others.
 * Those of namespaces go without. What is put right is often a new object, so that equal Events would be no series any more,
 * and describe shows none of a NetworkPolicy or a Role anyway.
 */
export const identified = (events: EventRecorder, index: Pick<ObjectIndex, 'get'>): EventRecorder => ({
  ...events,
  record: (note) => events.record(withUid(note, index)),
});

function withUid(note: EventNote, index: Pick<ObjectIndex, 'get'>): EventNote {
  const { kind, namespace, name } = note.regarding;
  const uid = namespace === '' ? index.get(kind, '', name)?.uid : undefined;
  return uid === undefined ? note : { ...note, regarding: { ...note.regarding, uid } };
}
