import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptInUserNamespaces, inContexts } from '../pod.ts';

const find = (pod: PodInput): readonly Broken[] =>
  inContexts(pod, ({ runAsUser }) => brokenIf(runAsUser === 0, 'runAsUser', runAsUser));

export const runAsUser: PodCheck = {
  id: 'runAsUser',
  level: 'restricted',
  reason: 'runAsUser=0',
  fix: 'set runAsUser to another user than 0, or leave it out',
  revisions: [
    { since: 23, find },
    { since: 35, find: exceptInUserNamespaces(find) },
  ],
};
