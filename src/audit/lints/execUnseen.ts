import type { Lint } from '../lint.ts';
import { explain } from '../match.ts';
import { requestOf } from '../witness.ts';

/** kubectl from 1.30 on opens a WebSocket, which is a get; before it, and SPDY, a create (KEP-4006). */
const VERBS = ['get', 'create'];
const SUBRESOURCES = ['exec', 'attach', 'portforward'];

export const execUnseen: Lint = {
  id: 'exec-unseen',
  severity: 'error',
  summary: 'Somebody can get into a pod (exec, attach, portforward; by get or by create) without an event.',
  check: (policy) => {
    const unseen = SUBRESOURCES.flatMap((subresource) =>
      VERBS.filter(
        (verb) => explain(policy, requestOf(verb, { group: '', resource: 'pods', subresource })).stages.length === 0,
      ).map((verb) => `${verb} pods/${subresource}`),
    );
    if (unseen.length === 0) return [];
    const message = `no event is made of ${unseen.join(', ')}: "pods" does not mean its subresources, and since 1.30 exec is a get. Name pods/exec, pods/attach and pods/portforward in a rule without verbs`;
    return [{ path: 'rules', message }];
  },
};
