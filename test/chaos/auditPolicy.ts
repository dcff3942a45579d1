/**
 * As the control plane's own (test/support/controlPlane/files.ts), but with the answers to writes of the kinds that decide
 * whether a namespace is closed: from these the oracle knows every state that they were in, and when.
 */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
omitManagedFields: true
rules:
  - level: RequestResponse
    verbs: [create, update, patch, delete, deletecollection]
    resources:
      - group: networking.k8s.io
        resources: [networkpolicies]
      - group: drawbridge.dev
        resources: [securitybaselines, baselinereports]
      - group: ""
        resources: [namespaces]
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
`;
