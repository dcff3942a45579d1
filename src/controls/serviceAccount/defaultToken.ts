import { defineControl } from '../../core/control/control.ts';

/** The account of every pod that names none. */
const DEFAULT = 'default';

/** A pod that names no account has no use for the token that it would find, and neither has who breaks into it. */
export const defaultToken = defineControl({
  id: 'service-account.default-token',
  section: 'serviceAccounts',
  stage: 'guard',
  summary: 'Keeps the token of the default ServiceAccount out of pods that do not ask for it, by that one field.',
  reads: [],
  writes: [],
  applies: ['ServiceAccount'],
  facts: [],
  build: () => ({
    wanted: [{ kind: 'ServiceAccount', name: DEFAULT, body: { automountServiceAccountToken: false }, partial: true }],
  }),
});
