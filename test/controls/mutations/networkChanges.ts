import type { NetworkSpec } from '../../../src/api/types.ts';
import type { Mutation } from './changes.ts';
import { redeclare } from './changes.ts';

export const allow = (more: NonNullable<NetworkSpec['allow']>): Mutation =>
  redeclare(({ network }) =>
    network === undefined ? {} : { network: { ...network, allow: { ...network.allow, ...more } } },
  );
export const rules = (...more: NonNullable<NonNullable<NetworkSpec['allow']>['rules']>): Mutation =>
  allow({ rules: more });
export const WEB = { matchLabels: { app: 'web' } };
