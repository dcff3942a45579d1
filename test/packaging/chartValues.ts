import type { Values } from '../support/helm/helm.ts';

/** Values in which people install the chart, from the standard ones to all of them at once. */
export const VALUE_SETS: Readonly<Record<string, Values>> = {
  standard: {},
  'audit-only': { auditOnly: true },
  'audit-only, with reports for other dashboards': { auditOnly: true, policyReports: { enabled: true } },
  'an image by its digest, from a private registry': {
    image: {
      repository: 'registry.example.com:5000/platform/drawbridge',
      digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
      pullPolicy: 'Always',
      pullSecrets: [{ name: 'registry' }],
    },
  },
  'one replica, unbounded, without a budget': {
    operator: { replicas: 1, resources: { limits: null }, podDisruptionBudget: { enabled: false } },
  },
  'three replicas, over zones and nodes': {
    operator: {
      replicas: 3,
      topologySpread: {
        topologyKeys: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
        whenUnsatisfiable: 'DoNotSchedule',
      },
      podDisruptionBudget: { maxUnavailable: 2 },
    },
  },
  'nodes of their own': {
    operator: {
      topologySpread: { enabled: false },
      nodeSelector: { pool: 'platform' },
      tolerations: [{ key: 'platform', operator: 'Exists', effect: 'NoSchedule' }],
      affinity: { podAntiAffinity: {} },
      priorityClassName: 'system-cluster-critical',
      podLabels: { team: 'platform' },
      podAnnotations: { 'example.com/note': 'a sentence: with a colon' },
      extraArgs: ['--log-level=debug'],
    },
  },
  'an API server at a known address': {
    networkPolicy: { apiServerCidrs: ['10.0.0.1/32', 'fd00::1/128'], scrapers: { 'example.com/monitoring': 'yes' } },
  },
  'without NetworkPolicies and CRDs': { networkPolicy: { enabled: false }, crds: { install: false } },
  'labels and sync waves': {
    commonLabels: { 'app.kubernetes.io/part-of': 'platform' },
    commonAnnotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    crds: { annotations: { 'argocd.argoproj.io/sync-wave': '-2' } },
  },
  monitoring: {
    monitoring: {
      podMonitor: { enabled: true, labels: { release: 'prometheus' }, interval: '1m' },
      prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
      dashboards: { enabled: true, folder: 'Security' },
    },
  },
  'the audit receiver, and proof by it': {
    auditReceiver: { enabled: true, clusterIP: '10.96.0.50', extraArgs: ['--client-ca-file=/callers/ca.crt'] },
    auditProof: { enabled: true },
    monitoring: { podMonitor: { enabled: true } },
  },
  'the audit agent, in a namespace that is there': { auditAgent: { enabled: true, createNamespace: false } },
  'the audit agent, scraped, with flags of its own': {
    auditAgent: { enabled: true, metrics: { enabled: true }, extraArgs: ['--ready-within=5m'] },
    monitoring: { podMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  },
  'a status page for namespaces of a kind': { statusPage: { enabled: true, viewers: { 'status-page': 'viewers' } } },
  everything: {
    admissionPolicies: { enabled: true },
    namespaceLabels: { enabled: true },
    policyReports: { enabled: true },
    statusPage: { enabled: true },
    auditReceiver: { enabled: true },
    auditProof: { enabled: true },
    auditAgent: { enabled: true, metrics: { enabled: true } },
    monitoring: {
      podMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboards: { enabled: true },
    },
  },
};
