import fc from 'fast-check';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { marked } from '../../../src/audit/compile/mark.ts';
import { decodePolicy } from '../../../src/audit/decode.ts';
import type { AuditedRequest } from '../../../src/audit/match.ts';
import type { AuditPolicy } from '../../../src/audit/policy.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { anyPolicy as anyFile } from '../arbitraryPolicy.ts';
import { anyRequest as anyOfSections, anySection } from '../compile/arbitrarySection.ts';

/** As the operator publishes them. */
export const anyPublished: fc.Arbitrary<AuditPolicy> = fc
  .array(anySection, { minLength: 1, maxLength: 3 })
  .map((sections) => marked(compilePolicy(sections), sha256).policy);

/** Whatever a server takes. */
export const anyTaken: fc.Arbitrary<AuditPolicy> = anyFile.map((file) => {
  const { policy, mistakes } = decodePolicy(JSON.parse(JSON.stringify(file)));
  if (policy === undefined) throw new Error(JSON.stringify(mistakes));
  return policy;
});

/** Words that the policies of platforms know. */
const user = fc.option(
  fc.record({
    name: fc.constantFrom('bob', 'alice', 'system:apiserver', 'system:kube-proxy', 'kubelet', 'eve'),
    groups: fc.subarray(['dev', 'ops', 'system:authenticated', 'system:nodes', 'system:masters']),
  }),
  { nil: undefined },
);
const KINDS = [
  ['', 'configmaps'],
  ['', 'secrets'],
  ['', 'pods'],
  ['', 'nodes'],
  ['', 'events'],
  ['', 'endpoints'],
  ['', 'serviceaccounts'],
  ['apps', 'deployments'],
  ['drawbridge.dev', 'securitybaselines'],
  ['route.openshift.io', 'routes'],
  ['oauth.openshift.io', 'oauthaccesstokens'],
  ['oauth.openshift.io', 'oauthclients'],
  ['user.openshift.io', 'identities'],
  ['machineconfiguration.openshift.io', 'machineconfigs'],
  ['apiserver.openshift.io', 'apirequestcounts'],
  ['rbac.authorization.k8s.io', 'roles'],
] as const;
const ofPlatform: fc.Arbitrary<AuditedRequest['target']> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    subresource: fc.constantFrom('', '', 'status', 'token', 'log', 'scale'),
    namespace: fc.constantFrom('', 'shop', 'kube-system'),
    name: fc.constantFrom('', 'web', 'aws-auth'),
  })
  .map(({ kind: [group, resource], ...rest }) => ({ type: 'resource', group, resource, ...rest }));
const ofPath: fc.Arbitrary<AuditedRequest['target']> = fc.record({
  type: fc.constant('path' as const),
  path: fc.constantFrom(
    '/api',
    '/apis/apps',
    '/version',
    '/healthz/ping',
    '/livez',
    '/a',
    '/drawbridge/audit-policy/0',
  ),
});

export const anyRequest: fc.Arbitrary<AuditedRequest> = fc.oneof(
  anyOfSections,
  fc.record({
    user,
    verb: fc.constantFrom('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'),
    target: fc.oneof({ weight: 4, arbitrary: ofPlatform }, ofPath),
  }),
);
