import type { Callback, Fact } from '../../../src/core/facts/facts.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';

/** What the API server calls in the namespace payments: one webhook, unless said otherwise. */
export const called = (...more: readonly Partial<Callback>[]): Fact<Readonly<Record<string, readonly Callback[]>>> => ({
  known: true,
  value: {
    payments: (more.length === 0 ? [{}] : more).map((changes) => ({
      service: 'hooks',
      port: 443,
      callers: ['ValidatingWebhookConfiguration policies'],
      failsClosed: true,
      ...changes,
    })),
  },
});

/** The Service that serves it, by pods app=hooks on TCP 8443. */
export const hooks = (spec: object = {}, name = 'hooks'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'payments' },
  spec: { selector: { app: 'hooks' }, ports: [{ port: 443, protocol: 'TCP', targetPort: 8443 }], ...spec },
});

/** The record of a namespace that was closed in these directions. */
export const closedOnce = (...closed: readonly ('Ingress' | 'Egress')[]): Held => [
  { section: 'network', baseline: 'b', baselineUid: 'u', selectedBy: [], ...(closed.length === 0 ? {} : { closed }) },
];
