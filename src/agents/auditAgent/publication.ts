import type { JsonTransport } from '../../kube/transport.ts';
import type { PointerSight } from './follow.ts';
import { readConfigMap } from './follow.ts';
import type { Published } from './judge.ts';
import { isRefusal, judge, readPointer } from './judge.ts';
import type { Refusal } from './nextStep.ts';

/** What is published, as far as this process has looked at it. */
export interface Publication {
  /** Takes in what the watch tells. */
  hear(sight: PointerSight): void;
  /** Reads and judges what was not judged yet. Never rejects. */
  refresh(minor: number | undefined): Promise<void>;
  current(): Published | Refusal;
  /** Whether the pointer was seen, or it was seen that there is none. */
  isKnown(): boolean;
}

const NOT_SEEN: Refusal = { reason: 'NotSeen', message: 'the API server has not told what is published' };

export function createPublication(transport: JsonTransport, namespace: string): Publication {
  let sight: PointerSight | undefined;
  let current: Published | Refusal = NOT_SEEN;
  /** The pointer and the version for which `current` was found; undefined: to be looked at again. */
  let judged: { readonly sight: PointerSight; readonly minor: number } | undefined;
  const look = async (seen: PointerSight, minor: number): Promise<Published | Refusal> => {
    const pointer = readPointer(seen.pointer);
    if (isRefusal(pointer)) return pointer;
    return judge(pointer, await readConfigMap(transport, namespace, pointer.configMap), minor);
  };
  return {
    hear: (seen) => {
      sight = seen;
    },
    refresh: async (minor) => {
      const seen = sight;
      if (seen === undefined || (judged?.sight === seen && judged.minor === minor)) return;
      if (minor === undefined) {
        current = { reason: 'VersionUnknown', message: "this node's API server does not say which version it is" };
        return;
      }
      try {
        current = await look(seen, minor);
        // One that is not there yet may come: the pointer is no promise of it.
        judged = isRefusal(current) && current.reason === 'PolicyMissing' ? undefined : { sight: seen, minor };
      } catch (error) {
        current = { reason: 'PolicyUnread', message: `the policy cannot be read: ${String(error)}` };
      }
    },
    current: () => current,
    isKnown: () => sight !== undefined,
  };
}
