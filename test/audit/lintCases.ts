import type { Asked } from './auditedServer.ts';

/** What a log tells of a request: its level, or that there is none. */
export type Seen = 'Metadata' | 'Request' | 'RequestResponse' | 'nothing';

/** A policy with one mistake, the same without it, and requests that tell them apart. */
export interface LintCase {
  /** Who makes the requests; the rules are about that one alone, unless the mistake is about everybody. */
  readonly user: string;
  /** @param namespace one of its own */
  readonly wrong: (namespace: string) => readonly object[];
  readonly right: (namespace: string) => readonly object[];
  readonly requests: (namespace: string) => readonly Asked[];
  /** Of each request, under the one and under the other. */
  readonly seen: { readonly wrong: readonly Seen[]; readonly right: readonly Seen[] };
}

const RBAC = 'rbac.authorization.k8s.io';
const roles = (more: object = {}) => [{ group: RBAC, resources: ['roles'], ...more }];
const WEB = JSON.stringify({ metadata: { name: 'web' } });
const rolesOf = (namespace: string): string => `/apis/${RBAC}/v1/namespaces/${namespace}/roles`;

const createRole = (user: string) => (namespace: string) => [
  { user, method: 'POST', path: rolesOf(namespace), body: WEB },
];

/** A rule of level Request that never matches a create of a Role, and one that does, before a rule of level Metadata. */
function dead(user: string, wrong: (namespace: string) => readonly object[], right: object): LintCase {
  const rest = { level: 'Metadata', users: [user] };
  return {
    user,
    wrong: (namespace) => [...wrong(namespace).map((one) => ({ level: 'Request', users: [user], ...one })), rest],
    right: () => [{ level: 'Request', users: [user], ...right }, rest],
    requests: createRole(user),
    seen: { wrong: ['Metadata'], right: ['Request'] },
  };
}

const PODS = { group: '', resources: ['pods/exec', 'pods/attach', 'pods/portforward'] };
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'c2l4dGVlbiBieXRlcyEhIQ==',
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};

/** By the lint that finds the mistake. Rules about everybody come last, in the order that they stand here. */
export const LINT_CASES: Readonly<Record<string, LintCase>> = {
  'star-is-no-wildcard': dead(
    'star',
    () => [
      { userGroups: ['*'], resources: roles() },
      { verbs: ['*'], resources: roles() },
      { namespaces: ['*', 'star*'], resources: roles() },
      { resources: roles({ resources: ['role*', '*/*'] }) },
      { resources: roles({ resourceNames: ['*', 'w*'] }) },
    ],
    { resources: roles() },
  ),
  'unknown-verb': dead('verb', () => [{ verbs: ['post', 'CREATE', 'write'], resources: roles() }], {
    verbs: ['create'],
    resources: roles(),
  }),
  'name-at-create': dead('name', () => [{ verbs: ['create'], resources: roles({ resourceNames: ['web'] }) }], {
    verbs: ['create'],
    resources: roles(),
  }),
  'no-stages': {
    user: 'stages',
    wrong: () => [
      { level: 'Request', users: ['stages'], omitStages: ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] },
    ],
    right: () => [{ level: 'Request', users: ['stages'], resources: roles(), omitStages: ['RequestReceived'] }],
    requests: createRole('stages'),
    seen: { wrong: ['nothing'], right: ['Request'] },
  },
  'shadowed-rule': {
    user: 'shadow',
    wrong: () => [
      { level: 'Metadata', users: ['shadow'] },
      { level: 'Request', users: ['shadow'], resources: roles() },
    ],
    right: () => [
      { level: 'Request', users: ['shadow'], resources: roles() },
      { level: 'Metadata', users: ['shadow'] },
    ],
    requests: createRole('shadow'),
    seen: { wrong: ['Metadata'], right: ['Request'] },
  },
  'unknown-resource': dead('group', () => [{ resources: roles({ group: '' }) }], { resources: roles() }),
  'wrong-scope': {
    ...dead(
      'scope',
      (namespace) => [
        { namespaces: [namespace], resources: roles({ resources: ['clusterroles'] }) },
        { namespaces: [''], verbs: ['create'], resources: roles() },
      ],
      { resources: roles({ resources: ['clusterroles', 'roles'] }) },
    ),
    requests: (namespace) => [
      ...createRole('scope')(namespace),
      {
        user: 'scope',
        method: 'POST',
        path: `/apis/${RBAC}/v1/clusterroles`,
        body: JSON.stringify({ metadata: { name: namespace } }),
      },
    ],
    seen: { wrong: ['Metadata', 'Metadata'], right: ['Request', 'Request'] },
  },
  'impersonated-only': {
    ...dead('boss', () => [{ users: ['deployer'], resources: roles() }], { resources: roles() }),
    requests: (namespace) => [
      {
        user: 'boss',
        method: 'POST',
        path: rolesOf(namespace),
        body: WEB,
        headers: { 'impersonate-user': 'deployer', 'impersonate-group': 'system:masters' },
      },
    ],
  },
  'writes-unrecorded': {
    user: 'writes',
    wrong: () => [
      { level: 'None', users: ['writes'], resources: roles() },
      { level: 'Metadata', users: ['writes'] },
    ],
    right: () => [
      { level: 'None', users: ['writes'], verbs: ['get', 'list', 'watch'], resources: roles() },
      { level: 'Metadata', users: ['writes'] },
    ],
    requests: createRole('writes'),
    seen: { wrong: ['nothing'], right: ['Metadata'] },
  },
  'exec-unseen': {
    user: 'anybody',
    wrong: () => [{ level: 'Metadata', verbs: ['create'], resources: [PODS] }],
    right: () => [{ level: 'Metadata', resources: [PODS] }],
    requests: (namespace) =>
      ['exec', 'attach', 'portforward'].flatMap((way) => {
        const path = `/api/v1/namespaces/${namespace}/pods/web/${way}?command=sh&stdout=true`;
        return [
          { user: 'anybody', method: 'GET', path, headers: UPGRADE },
          { user: 'anybody', method: 'POST', path },
        ];
      }),
    seen: {
      wrong: ['nothing', 'Metadata', 'nothing', 'Metadata', 'nothing', 'Metadata'],
      right: ['Metadata', 'Metadata', 'Metadata', 'Metadata', 'Metadata', 'Metadata'],
    },
  },
  'no-catch-all': {
    user: 'anybody',
    wrong: () => [],
    right: () => [{ level: 'Metadata' }],
    requests: (namespace) => [
      {
        user: 'anybody',
        method: 'POST',
        path: `/apis/example.com/v1/namespaces/${namespace}/widgets`,
        body: JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'web' } }),
      },
    ],
    seen: { wrong: ['nothing'], right: ['Metadata'] },
  },
};
