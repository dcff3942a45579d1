import { BASELINE_WAIVER } from '../../../src/api/names.ts';
import { WAIVABLE_CONTROLS } from '../../../src/api/schema/controlId.ts';
import { apiVersionOf } from '../../../src/k8s/kind.ts';
import type { NewObject } from '../../support/kubeAdmin.ts';
import type { Refusal } from './refusal.ts';

export const waiverWith = (spec: Readonly<Record<string, unknown>> = {}): NewObject => ({
  apiVersion: apiVersionOf(BASELINE_WAIVER),
  kind: BASELINE_WAIVER.kind,
  metadata: { name: 'sample' },
  spec: {
    namespaces: ['payments', 'sandbox-*'],
    controls: ['network.default-deny'],
    reason: 'until the mesh is rolled out',
    approvedBy: 'security@example.com',
    expiresAt: '2027-01-01T00:00:00Z',
    ...spec,
  },
});

/** Every field of a waiver, once. */
export const FULL_WAIVER = waiverWith({
  objects: [{ kind: 'NetworkPolicy', name: 'legacy-open' }],
  ticket: 'SEC-1234',
});

/** As large as its bounds let it be. */
export const MAXIMAL_WAIVER = waiverWith({
  namespaces: Array.from({ length: 64 }, (_, i) => `n${i}`.padEnd(63, 'x')),
  controls: [...WAIVABLE_CONTROLS],
  objects: Array.from({ length: 32 }, (_, i) => ({ kind: 'K'.padEnd(63, 'x'), name: `o${i}`.padEnd(253, 'x') })),
  reason: 'r'.repeat(1024),
  approvedBy: 'a'.repeat(128),
  ticket: 't'.repeat(256),
});

const CLUSTER_WIDE = 'audit.policy and admission guard the whole cluster and cannot be waived';
const ALL = 'a waiver is for some namespaces, not for all';
const WRITE_PATTERN =
  'write a namespace name, or a pattern of lower-case letters, digits, -, * and ?, such as sandbox-*';
const WHOLE_NAME = 'objects are named one by one: write the whole name, without * or ?';

/** THREATS 16, as far as the API server can tell. */
export const REFUSED_WAIVERS: readonly Refusal[] = [
  ...['*', '**', '?*', '*-*'].map(
    (glob): Refusal => ({
      name: `a waiver for ${glob}`,
      object: waiverWith({ namespaces: [glob] }),
      message: ALL,
    }),
  ),
  { name: 'a waiver for no namespace', object: waiverWith({ namespaces: [] }), message: 'spec.namespaces' },
  { name: 'a waiver by selector', object: waiverWith({ namespaces: ['env=prod'] }), message: WRITE_PATTERN },
  { name: 'a waiver of no control', object: waiverWith({ controls: [] }), message: 'spec.controls' },
  ...['audit.policy', 'admission', 'admission.policies'].map(
    (control): Refusal => ({
      name: `a waiver of ${control}`,
      object: waiverWith({ controls: [control] }),
      message: CLUSTER_WIDE,
    }),
  ),
  ...['network', 'network.*', 'network.default-denny'].map(
    (control): Refusal => ({
      name: `a waiver of ${control}`,
      object: waiverWith({ controls: [control] }),
      message: 'no control has this id: write one that docs/controls.md lists',
    }),
  ),
  ...['legacy-*', 'legacy-?'].map(
    (name): Refusal => ({
      name: `a waiver for the objects ${name}`,
      object: waiverWith({ objects: [{ kind: 'NetworkPolicy', name }] }),
      message: WHOLE_NAME,
    }),
  ),
  {
    name: 'a waiver for objects of a misspelt kind',
    object: waiverWith({ objects: [{ kind: 'networkpolicies', name: 'legacy' }] }),
    message: 'write a kind as Kubernetes spells it, such as NetworkPolicy or RoleBinding',
  },
  { name: 'a waiver without a reason', object: waiverWith({ reason: 'because' }), message: 'spec.reason' },
  {
    name: 'a reason of blanks',
    object: waiverWith({ reason: `so${' '.repeat(20)}` }),
    message: 'say in at least 10 characters why this is needed',
  },
  {
    name: 'a waiver without an end',
    object: waiverWith({ expiresAt: undefined }),
    message: 'spec.expiresAt: Required value',
  },
  { name: 'an end that is no time', object: waiverWith({ expiresAt: 'tomorrow' }), message: 'spec.expiresAt' },
  {
    name: 'a waiver that nobody approved',
    object: waiverWith({ approvedBy: undefined }),
    message: 'spec.approvedBy: Required value',
  },
];
