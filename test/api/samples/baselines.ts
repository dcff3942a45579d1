import { API_VERSION } from '../../../src/api/names.ts';
import type { NewObject } from '../../support/kubeAdmin.ts';

/** Parts of a baseline for tests, each valid until a test overrides a field; typed loosely, for tests write what is wrong. */
type Fields = Readonly<Record<string, unknown>>;

const ALL = { matchLabels: {} };

export const baseline = (spec: Fields, name = 'sample'): NewObject => ({
  apiVersion: API_VERSION,
  kind: 'SecurityBaseline',
  metadata: { name },
  spec,
});

export const withSpec = (fields: Fields): NewObject =>
  baseline({
    enforcement: 'Enforce',
    namespaceSelector: { matchLabels: { baseline: 'restricted' } },
    network: { defaultDeny: ['Ingress', 'Egress'] },
    ...fields,
  });

export const withNetwork = (fields: Fields): NewObject =>
  withSpec({ network: { defaultDeny: ['Ingress', 'Egress'], ...fields } });

export const withAllow = (fields: Fields): NewObject => withNetwork({ allow: fields });

export const withRule = (fields: Fields): NewObject =>
  withAllow({ rules: [{ name: 'web', podSelector: ALL, ingress: [{ from: [], ports: [] }], ...fields }] });

export const withIngress = (fields: Fields): NewObject => withRule({ ingress: [{ from: [], ports: [], ...fields }] });

export const withEgress = (fields: Fields): NewObject =>
  withRule({ ingress: [], egress: [{ to: [], ports: [], ...fields }] });

export const withPeer = (peer: Fields): NewObject => withIngress({ from: [peer] });

export const withPort = (port: Fields): NewObject => withIngress({ ports: [port] });

export const withCidr = (cidr: unknown, except?: readonly unknown[]): NewObject =>
  withPeer({ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } });

export const withRbac = (rbac: Fields): NewObject => withSpec({ rbac });

export const withResources = (resources: Fields): NewObject => withSpec({ resources });

export const withPodSecurity = (podSecurity: Fields): NewObject => withSpec({ podSecurity });

export const withLimit = (limit: Fields): NewObject =>
  withResources({ limitRange: { limits: [{ type: 'Container', max: { cpu: '1' }, ...limit }] } });

export const withPolicyRule = (fields: Fields): NewObject =>
  withRbac({
    roles: [{ name: 'viewer', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...fields }] }],
  });

export const withBinding = (fields: Fields): NewObject =>
  withRbac({
    roleBindings: [
      {
        name: 'viewers',
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'Group', name: 'team-payments' }],
        ...fields,
      },
    ],
  });

export const withSubject = (subject: Fields): NewObject => withBinding({ subjects: [subject] });
