import Type from 'typebox';

/** What the manifests say, which the values then say as well: it is read from them. */
export interface Shipped {
  readonly replicas: number;
  readonly maxUnavailable: number;
  /** Of the container of each workload. */
  readonly resources: Readonly<Record<'operator' | 'auditReceiver' | 'auditAgent', object>>;
}

const closed = { additionalProperties: false };
const LABEL_VALUE = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';
const SHA256 = '^(sha256:[a-f0-9]{64})?$';
const CIDR = '^[0-9a-fA-F.:]+/[0-9]{1,3}$';
const DURATION = '^([0-9]+(ms|s|m|h))+$';

const flag = (standard: boolean, description: string) => Type.Boolean({ default: standard, description });
const text = (standard: string, description: string, more: object = {}) =>
  Type.String({ default: standard, description, ...more });
const strings = (description: string, standard: object = {}) =>
  Type.Record(Type.String(), Type.String(), { default: standard, description });
const labels = (description: string, standard: object = {}) =>
  Type.Record(Type.String(), Type.String({ maxLength: 63, pattern: LABEL_VALUE }), { default: standard, description });
const args = (description: string) =>
  Type.Array(Type.String({ pattern: '^--[a-z]' }), { default: [], description, maxItems: 64 });

const Quantities = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));
const Toleration = Type.Object(
  {
    key: Type.Optional(Type.String()),
    operator: Type.Optional(Type.Enum(['Exists', 'Equal'])),
    value: Type.Optional(Type.String()),
    effect: Type.Optional(Type.Enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
    tolerationSeconds: Type.Optional(Type.Integer()),
  },
  closed,
);

/** What can be said of the pod of each workload. */
const podValues = (resources: object) => ({
  extraArgs: args('Further flags (docs/cli.md).'),
  resources: Type.Object(
    { requests: Type.Optional(Quantities), limits: Type.Optional(Quantities) },
    { ...closed, default: resources, description: 'Of its container.' },
  ),
  nodeSelector: labels('Besides those that it has.'),
  tolerations: Type.Array(Toleration, { default: [], description: 'Besides those that it has.' }),
  affinity: Type.Object({}, { default: {}, description: 'As in a pod.', additionalProperties: true }),
  priorityClassName: text('', 'Of its pods, instead of the one that they have, if any.'),
  podLabels: labels('Of its pods.'),
  podAnnotations: strings('Of its pods.'),
});

const Image = Type.Object(
  {
    repository: text('drawbridge', 'Where your image is: REGISTRY/drawbridge.', {
      minLength: 1,
      pattern: '^[^\\s:@]+(:[0-9]+/[^\\s:@]+)?$',
    }),
    tag: text('', 'Absent: the version of the chart.', { maxLength: 128, pattern: '^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$' }),
    digest: text('', 'sha256:…; then the tag counts for nothing.', { pattern: SHA256 }),
    pullPolicy: Type.Enum(['IfNotPresent', 'Always', 'Never'], {
      default: 'IfNotPresent',
      description: 'When to pull it.',
    }),
    pullSecrets: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }) }, closed), {
      default: [],
      description: '[{name: …}], in the namespace of the pod.',
    }),
  },
  { ...closed, description: 'The image of the operator, the receiver and the agent: it is one.' },
);

const operator = ({ replicas, maxUnavailable, resources }: Shipped) =>
  Type.Object(
    {
      replicas: Type.Integer({
        minimum: 0,
        maximum: 9,
        default: replicas,
        description: 'One works, the others stand by with everything watched.',
      }),
      ...podValues(resources.operator),
      topologySpread: Type.Object(
        {
          enabled: flag(true, 'Spread the replicas.'),
          topologyKeys: Type.Array(Type.String({ minLength: 1 }), {
            default: ['kubernetes.io/hostname'],
            description: 'Over nodes; add topology.kubernetes.io/zone for zones.',
          }),
          whenUnsatisfiable: Type.Enum(['ScheduleAnyway', 'DoNotSchedule'], {
            default: 'ScheduleAnyway',
            description: 'What to do where they cannot be spread.',
          }),
        },
        { ...closed, description: 'Where the replicas run.' },
      ),
      podDisruptionBudget: Type.Object(
        {
          enabled: flag(true, 'Whether there is one.'),
          maxUnavailable: Type.Integer({
            minimum: 0,
            default: maxUnavailable,
            description: 'Replicas that may go at once.',
          }),
        },
        { ...closed, description: 'So that another has taken over before the next goes.' },
      ),
    },
    { ...closed, description: 'The operator.' },
  );

const NetworkPolicies = Type.Object(
  {
    enabled: flag(
      true,
      'Whether the namespaces of the chart are closed. The deny is for every pod in them: install into one of its own.',
    ),
    apiServerCidrs: Type.Array(Type.String({ pattern: CIDR }), {
      default: [],
      description: 'Addresses of the API server, where they are fixed. Empty: any, on ports 443 and 6443.',
    }),
    scrapers: labels('Namespaces that may scrape metrics carry these labels.', { metrics: 'enabled' }),
  },
  { ...closed, description: 'NetworkPolicies of the own namespaces. What baselines write is not changed by this.' },
);

const Crds = Type.Object(
  {
    install: flag(
      true,
      'Whether the CRDs are part of the release, and upgraded with it. They are kept when it is uninstalled.',
    ),
    annotations: strings('Of the CRDs, such as a sync wave.'),
  },
  { ...closed, description: 'CustomResourceDefinitions.' },
);

const Monitoring = Type.Object(
  {
    podMonitor: Type.Object(
      {
        enabled: flag(false, 'Needs the CRDs of the Prometheus operator.'),
        labels: labels('Such as release: kube-prometheus-stack, which most Prometheuses select by.'),
        interval: text(
          '30s',
          'How often: at least every two minutes, since Prometheus forgets what it has not seen for five.',
          { pattern: DURATION },
        ),
      },
      {
        ...closed,
        description:
          'PodMonitors of the operator, of the receiver where there is one, and of the agent where it serves metrics.',
      },
    ),
    prometheusRule: Type.Object(
      {
        enabled: flag(false, 'Needs the CRDs of the Prometheus operator.'),
        labels: labels('As above.'),
      },
      { ...closed, description: 'The alerts of manifests/alerts.' },
    ),
    dashboards: Type.Object(
      {
        enabled: flag(false, 'Whether there are ConfigMaps with the dashboards.'),
        label: text('grafana_dashboard', 'By which the sidecar of Grafana finds them.', { minLength: 1 }),
        labelValue: text('1', 'Its value.', { maxLength: 63, pattern: LABEL_VALUE }),
        folderAnnotation: text('grafana_folder', 'By which it finds their folder.', { minLength: 1 }),
        folder: text('Drawbridge', 'Its name.'),
      },
      { ...closed, description: 'The dashboards of manifests/dashboards.' },
    ),
  },
  { ...closed, description: 'For Prometheus and Grafana.' },
);

const auditReceiver = ({ resources }: Shipped) =>
  Type.Object(
    {
      enabled: flag(false, 'Needs the Secrets of docs/audit-receiver.md.'),
      createNamespace: flag(
        true,
        'Whether the namespace drawbridge-audit is part of the release. It is kept when that is uninstalled.',
      ),
      clusterIP: text('', 'Of its Service: API servers call this address. Empty: any.', {
        pattern: '^[0-9a-fA-F.:]*$',
      }),
      ...podValues(resources.auditReceiver),
    },
    { ...closed, description: 'The audit receiver, in a namespace of its own (docs/audit-receiver.md).' },
  );

const auditAgent = ({ resources }: Shipped) =>
  Type.Object(
    {
      enabled: flag(false, 'Needs API servers that are prepared as docs/audit-agent.md says.'),
      createNamespace: flag(
        true,
        'Whether the namespace drawbridge-audit-agent, which is privileged, is part of the release. It is kept when that is uninstalled.',
      ),
      metrics: Type.Object(
        {
          enabled: flag(
            false,
            "Whether they are served on the node's address, where Prometheus reaches them, and not on loopback alone. So does whoever reaches the node: NetworkPolicies do not bind the node's network.",
          ),
        },
        { ...closed, description: 'Its metrics (docs/audit-agent.md).' },
      ),
      ...podValues(resources.auditAgent),
    },
    {
      ...closed,
      description: 'The audit agent on control-plane nodes, in a namespace of its own (docs/audit-agent.md).',
    },
  );

const AdmissionPolicies = Type.Object(
  {
    enabled: flag(
      false,
      'Whether the operator may write ValidatingAdmissionPolicies: whoever may can refuse any request.',
    ),
  },
  { ...closed, description: 'The right that baselines with `admission` need (manifests/admission).' },
);

const NamespaceLabels = Type.Object(
  {
    enabled: flag(
      false,
      'Whether the operator may patch namespaces, of which it uses no more than their Pod Security labels.',
    ),
  },
  { ...closed, description: 'The right that baselines with `podSecurity` need (manifests/namespace-labels).' },
);

const PolicyReports = Type.Object(
  {
    enabled: flag(
      false,
      'Whether the operator may write a report of findings in each governed namespace, of which it reads and changes its own alone.',
    ),
  },
  { ...closed, description: 'The right to write what dashboards of policy engines show (manifests/policy-reports).' },
);

const StatusPage = Type.Object(
  {
    enabled: flag(false, 'Whether there is one: on loopback, so for kubectl port-forward.'),
    viewers: labels(
      'Namespaces that may reach it carry these labels, and then it is on all addresses. It asks for no login: put something in front that does. Empty: none.',
    ),
  },
  { ...closed, description: 'A page with all namespaces by state (docs/status-page.md).' },
);

const AuditProof = Type.Object(
  {
    enabled: flag(
      false,
      'Connects the operator to the receiver. Needs the Secret drawbridge-audit-evidence in its namespace: ca.crt and token.',
    ),
  },
  { ...closed, description: 'Proof that the audit policy is in force (docs/audit-proof.md).' },
);

/** The schema of the chart's values; their standard values and what is said of them stand in it. */
export const valuesSchema = (shipped: Shipped) =>
  Type.Object(
    {
      image: Image,
      auditOnly: flag(
        false,
        'The operator can write the status of baselines, BaselineReports, Events and its own Lease, with policyReports also these, and nothing else.',
      ),
      operator: operator(shipped),
      admissionPolicies: AdmissionPolicies,
      namespaceLabels: NamespaceLabels,
      policyReports: PolicyReports,
      statusPage: StatusPage,
      networkPolicy: NetworkPolicies,
      crds: Crds,
      commonLabels: labels('Of everything but the CRDs.'),
      commonAnnotations: strings('Of everything but the CRDs, such as a sync wave.'),
      monitoring: Monitoring,
      auditReceiver: auditReceiver(shipped),
      auditProof: AuditProof,
      auditAgent: auditAgent(shipped),
      global: Type.Optional(
        Type.Object({}, { additionalProperties: true, description: 'Of a chart that has this one in it.' }),
      ),
    },
    closed,
  );
