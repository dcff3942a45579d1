import { BASELINE_WAIVER } from '../../api/names.ts';
import type { WaiverState } from '../../api/types.ts';
import { ownResult } from '../findings/documentResults.ts';
import type { OwnRule } from '../findings/help.ts';
import type { Result } from '../format/report.ts';
import { standingWaivers } from '../world/decide.ts';
import type { World } from '../world/world.ts';

/** Where the reason of a state stands in a waiver. */
const SAID: Readonly<Partial<Record<WaiverState, readonly [OwnRule, string]>>> = {
  Refused: ['WaiverRefused', 'spec.expiresAt'],
  Expired: ['WaiverExpired', 'spec.expiresAt'],
  Inert: ['WaiverInert', 'spec.namespaces'],
};

/** Waivers that waive nothing, whatever who wrote them thinks. */
export const waiverResults = (world: World): readonly Result[] =>
  standingWaivers(world).flatMap(({ name, state, message }) => {
    const [rule, path] = SAID[state] ?? [];
    const document = world.documentOf({ kind: BASELINE_WAIVER.kind, namespace: '', name });
    return rule === undefined || path === undefined || document === undefined
      ? []
      : [ownResult(document, rule, path, message)];
  });
