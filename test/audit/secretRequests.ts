import type { Answer, Asked } from './auditedServer.ts';

/** A request that sends or brings something that must stay secret. */
export interface SecretRequest {
  readonly what: string;
  readonly asked: Asked;
  /** Whether the wrong rules record it. */
  readonly isLeak: boolean;
  /** The text to look for. */
  readonly secret: (answer: Answer) => string;
}

const TOKENS = [
  { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
];
const SECRET_KINDS = [{ group: '', resources: ['secrets'] }];

/**
 * Everything of one user is recorded with bodies; and of another what the lint takes for harmless: levels and verbs by
 * which no content comes into the log.
 */
export const SECRET_RULES = {
  wrong: [
    { level: 'RequestResponse', users: ['secrets'] },
    { level: 'Request', users: ['careful'], resources: [{ group: '', resources: ['serviceaccounts/token'] }] },
    { level: 'Request', users: ['careful'], verbs: ['get', 'list'], resources: SECRET_KINDS },
    { level: 'RequestResponse', users: ['careful'], verbs: ['watch', 'delete'], resources: SECRET_KINDS },
    { level: 'Metadata', users: ['careful'] },
  ],
  right: [
    { level: 'Metadata', users: ['secrets'], resources: TOKENS },
    { level: 'RequestResponse', users: ['secrets'] },
    { level: 'Metadata', users: ['careful'] },
  ],
} as const;

const PASSWORD = Buffer.from('correct horse battery').toString('base64');

/** In a namespace with a ServiceAccount `robot`. */
export function secretRequests(namespace: string): readonly SecretRequest[] {
  const base = `/api/v1/namespaces/${namespace}`;
  const password = () => PASSWORD;
  const tokenOf = ({ body }: Answer): string => JSON.parse(body).status.token;
  const secret = { metadata: { name: 'db' }, data: { password: PASSWORD } };
  const patch = { 'content-type': 'application/merge-patch+json' };
  const by = (user: string, isLeak: boolean) => {
    const of = (what: string, method: string, path: string, body: object | undefined, of: SecretRequest['secret']) => ({
      what: `${what} by ${user}`,
      isLeak,
      secret: of,
      asked: {
        user,
        method,
        path,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(method === 'PATCH' ? { headers: patch } : {}),
      },
    });
    return of;
  };
  const leaks = by('secrets', true);
  const harmless = by('careful', false);
  return [
    leaks('create secrets', 'POST', `${base}/secrets`, secret, password),
    leaks('get secrets', 'GET', `${base}/secrets/db`, undefined, password),
    leaks('list secrets', 'GET', `${base}/secrets`, undefined, password),
    leaks('patch secrets', 'PATCH', `${base}/secrets/db`, { data: { more: PASSWORD } }, password),
    leaks('update secrets', 'PUT', `${base}/secrets/db`, secret, password),
    leaks(
      'create configmaps',
      'POST',
      `${base}/configmaps`,
      { metadata: { name: 'db' }, data: { a: PASSWORD } },
      password,
    ),
    leaks('create serviceaccounts/token', 'POST', `${base}/serviceaccounts/robot/token`, { spec: {} }, tokenOf),
    leaks(
      'create tokenreviews',
      'POST',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      { spec: { token: 'token-of-secrets' } },
      () => 'token-of-secrets',
    ),
    harmless('create serviceaccounts/token', 'POST', `${base}/serviceaccounts/robot/token`, { spec: {} }, tokenOf),
    harmless('get secrets', 'GET', `${base}/secrets/db`, undefined, password),
    harmless('list secrets', 'GET', `${base}/secrets`, undefined, password),
    harmless('watch secrets', 'GET', `${base}/secrets?watch=true&timeoutSeconds=1`, undefined, password),
    harmless('delete secrets', 'DELETE', `${base}/secrets/db`, undefined, password),
    leaks('create secrets again', 'POST', `${base}/secrets`, secret, password),
    leaks('deletecollection secrets', 'DELETE', `${base}/secrets`, undefined, password),
  ];
}
