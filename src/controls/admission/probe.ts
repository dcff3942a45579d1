import { BASELINE_REPORT, PROBE_LABEL } from '../../api/names.ts';
import { hash64 } from '../../k8s/hash.ts';
import type { Refusal, ResourceRule } from './policy.ts';
import { matching } from './policy.ts';

/**
 * What refuses a dry run that only the operator makes, and that is the last thing written: whoever is refused by it knows
 * that the API server evaluates policies at all (the plugin can be switched off), and that it has taken up all of these.
 */
export interface Probe {
  readonly refusal: Refusal;
  /** Where it is in force: the binding says it again, so that it differs too, and is as new as the policy. */
  readonly matchResources: Readonly<Record<string, unknown>>;
}

/** The value of the label by which a request is the probe's: it follows the text of all other policies and bindings. */
export const probeValue = (written: string): string => hash64(written);

export function probeOf(value: string): Probe {
  const about: ResourceRule = {
    group: BASELINE_REPORT.group,
    version: BASELINE_REPORT.version,
    resources: [BASELINE_REPORT.plural],
    operations: ['CREATE'],
  };
  const onlyLabeled = { [PROBE_LABEL]: value };
  return {
    refusal: {
      topic: 'probe',
      action: 'Deny',
      about: [about],
      onlyLabeled,
      exemptsNobody: true,
      conditions: [{ name: 'dry-run', expression: 'request.dryRun' }],
      variables: [],
      validations: [{ expression: 'false', say: "'policies at admission are evaluated'" }],
    },
    matchResources: matching([about], onlyLabeled),
  };
}
