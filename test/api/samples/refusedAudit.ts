import { withSpec } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const withRule = (rule: object): Refusal['object'] => withSpec({ audit: { level: 'Metadata', rules: [rule] } });
const withResources = (resources: object): Refusal['object'] => withRule({ level: 'Request', resources: [resources] });
const WRITTEN_OUT = 'a rule of level None is written out';
const QUIET = {
  level: 'None',
  users: ['system:kube-proxy'],
  verbs: ['watch'],
  resources: [{ group: '', resources: ['services'] }],
};

/** Each leaves out one field of a rule that is about more without it. */
const unwritten = ['users', 'verbs', 'resources'].map((field) => ({
  name: `a rule of level None without ${field}`,
  object: withRule({ ...QUIET, [field]: undefined }),
  message: WRITTEN_OUT,
}));

/** Wrong in the audit section. */
export const REFUSED_AUDIT: readonly Refusal[] = [
  ...unwritten,
  {
    name: 'a rule of level None about all of a group',
    object: withRule({ ...QUIET, resources: [{ group: '' }] }),
    message: WRITTEN_OUT,
  },
  {
    name: 'an audit section without level',
    object: withSpec({ audit: { rules: [] } }),
    message: 'spec.audit.level: Required value',
  },
  {
    name: 'a level that is none',
    object: withSpec({ audit: { level: 'All' } }),
    message: 'spec.audit.level: Unsupported value: "All"',
  },
  {
    name: 'an audited group with its version',
    object: withResources({ group: 'apps/v1' }),
    message: 'write the API group without its version',
  },
  {
    name: 'an audited kind instead of its resource',
    object: withResources({ group: '', resources: ['Pod'] }),
    message: 'write a resource in lower case and plural: pods instead of Pod',
  },
  {
    name: 'audited names without resources',
    object: withResources({ group: '', resourceNames: ['a'] }),
    message: 'resourceNames needs resources beside it',
  },
  {
    name: 'a star among audited names',
    object: withResources({ group: '', resources: ['pods'], resourceNames: ['*'] }),
    message: 'an object name is compared as it is: leave resourceNames out for all objects',
  },
  {
    name: 'a star among audited users',
    object: withRule({ level: 'Request', users: ['*'] }),
    message: 'a user name is compared as it is: leave users out for everybody',
  },
  {
    name: 'a star among audited groups',
    object: withRule({ level: 'Request', userGroups: ['*'] }),
    message: 'a group name is compared as it is: leave userGroups out for everybody',
  },
  {
    name: 'a star among audited verbs',
    object: withRule({ level: 'Request', verbs: ['*'] }),
    message: 'a verb is compared as it is: leave verbs out for all of them',
  },
  {
    name: 'an audited path without a slash',
    object: withRule({ level: 'Request', nonResourceURLs: ['healthz'] }),
    message: 'write a path that begins with a slash',
  },
  {
    name: 'an audited path beside resources',
    object: withRule({ level: 'Request', nonResourceURLs: ['/a'], resources: [{ group: '' }] }),
    message: 'a rule is about resources or about nonResourceURLs: make it two rules',
  },
];
