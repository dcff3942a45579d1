/** Audit events as kube-apiserver writes them (audit.k8s.io/v1). */
export type RawEvent = Readonly<Record<string, unknown>>;

let made = 0;

/** An event like no other that this made. */
export function rawEvent(fields: RawEvent = {}): RawEvent {
  made += 1;
  const at = new Date(Date.UTC(2026, 0, 1) + made).toISOString().replace('Z', '000Z');
  return {
    level: 'Metadata',
    auditID: `id-${made}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/payments/configmaps/c${made}`,
    verb: 'update',
    user: { username: 'alice', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: 'kubectl/v1.36.3',
    objectRef: { resource: 'configmaps', namespace: 'payments', name: `c${made}`, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...fields,
  };
}

export const rawEvents = (count: number): readonly RawEvent[] => Array.from({ length: count }, () => rawEvent());

/** As a webhook's body: the items have no kind. */
export const eventList = (items: readonly unknown[]): Buffer =>
  Buffer.from(JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items }));

/** As a line of a log, which has one. */
export const logLine = (event: RawEvent): string =>
  `${JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', ...event })}\n`;
