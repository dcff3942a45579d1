import fc from 'fast-check';
import type { PodSecuritySpec, Section, SecurityBaselineSpec } from '../../../src/api/types.ts';
import { selector } from './labels.ts';
import { networkSpec } from './networkSpec.ts';
import { rbacSpec } from './rbacSpec.ts';
import { resourcesSpec } from './resourcesSpec.ts';

type Spec = SecurityBaselineSpec;

const enforcement = fc.constantFrom('Enforce' as const, 'Enforce' as const, 'Audit' as const);

/** A section, now and then with an enforcement of its own. */
const own = <S extends object>(section: fc.Arbitrary<S>): fc.Arbitrary<S & { enforcement?: Spec['enforcement'] }> =>
  fc
    .tuple(section, fc.option(enforcement, { freq: 3, nil: undefined }))
    .map(([spec, its]) => (its === undefined ? spec : { ...spec, enforcement: its }));

const level = fc.constantFrom('privileged' as const, 'baseline' as const, 'restricted' as const);

/** A podSecurity section that the CRD accepts. */
export const podSecuritySpec: fc.Arbitrary<PodSecuritySpec> = fc.record(
  {
    enforce: level,
    audit: level,
    warn: level,
    version: fc.constantFrom('latest', 'v1.25', 'v1.31', 'v1.99'),
    onViolation: fc.constantFrom('Hold' as const, 'Raise' as const),
  },
  { requiredKeys: ['enforce'] },
);

const sections: fc.Arbitrary<Pick<Spec, Section>> = fc.oneof(
  fc.record({ network: own(networkSpec), rbac: own(rbacSpec) }),
  fc.record({ network: own(networkSpec), resources: own(resourcesSpec) }),
  fc.record({ network: own(networkSpec), serviceAccounts: own(fc.constant({ defaultToken: 'Disabled' as const })) }),
  fc.record({ network: own(networkSpec), podSecurity: own(podSecuritySpec) }),
  fc.record({ network: own(networkSpec) }),
  fc.record({ rbac: own(rbacSpec) }),
);

/** What a baseline is beside its sections. */
export const baselineHead: fc.Arbitrary<Omit<Spec, Section>> = fc.record(
  {
    enforcement,
    priority: fc.constantFrom(-1, 0, 1, 1_000_000),
    suspend: fc.boolean(),
    deletionPolicy: fc.constantFrom('Retain' as const, 'Delete' as const),
    rollout: fc.record({ batch: fc.constantFrom(1, 3, '10%', '100%'), pause: fc.constantFrom('0s', '60s', '1h30m') }),
    namespaceSelector: selector,
    excludedNamespaces: fc.uniqueArray(fc.constantFrom('sandbox-*', 'pay?ents', '*-test', 'shop'), { maxLength: 2 }),
    includedSystemNamespaces: fc.uniqueArray(fc.constantFrom('kube-system', 'kube-public'), { maxLength: 2 }),
  },
  { requiredKeys: ['enforcement', 'namespaceSelector'] },
);

/** A spec that the CRD accepts (test/cluster/echo.test.ts has the API server say so). */
export const baselineSpec: fc.Arbitrary<Spec> = fc
  .tuple(baselineHead, sections)
  .map(([head, parts]) => ({ ...head, ...parts }));
