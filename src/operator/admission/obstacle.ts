import { MANAGED_BY, MANAGED_BY_LABEL } from '../../api/names.ts';
import { BINDING, POLICY } from '../../controls/admission/compile.ts';
import { kindRow } from '../../core/kinds/kinds.ts';
import { list, record } from '../../k8s/json.ts';
import { apiVersionOf, pathOf } from '../../k8s/kind.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { JsonTransport } from '../../kube/transport.ts';
import type { ApplyPorts } from '../ports.ts';
import type { ProbeAnswer } from './probe.ts';
import { createAdmissionProbe } from './probe.ts';
import type { Obstacle } from './verdict.ts';

/** What is asked about policies at admission beside what is watched of them. All reject when there is no answer. */
export interface AdmissionQuestions {
  /** Why they are not known. */
  obstacle(): Promise<Obstacle>;
  /** Whether a process before this one left any: nobody may ask for them any more. */
  anyLeft(): Promise<boolean>;
  /** What the API server says to what the policies refuse (controls/admission/probe). */
  probe(value: string, signal: AbortSignal): Promise<ProbeAnswer>;
}

export const createAdmissionQuestions = (
  transport: JsonTransport,
  lacksRight: ApplyPorts['lacksRight'],
  ownNamespace: string,
): AdmissionQuestions => ({
  probe: createAdmissionProbe(transport, ownNamespace),
  obstacle: async () => {
    if (!(await isServed(transport))) return 'NotServed';
    const lacks = await Promise.all([POLICY, BINDING].map((kind) => lacksRight('list', kind, '')));
    return lacks.includes(true) ? 'RightsMissing' : 'NotSynced';
  },
  anyLeft: async () => {
    const query = { labelSelector: `${MANAGED_BY_LABEL}=${MANAGED_BY}`, limit: '1' };
    const found = await transport.json<unknown>({ method: 'GET', path: pathOf(kindRow(POLICY)), query });
    return list(record(found).items).length > 0;
  },
});

async function isServed(transport: JsonTransport): Promise<boolean> {
  const { plural, ...kind } = kindRow(POLICY);
  try {
    const found = await transport.json<unknown>({ method: 'GET', path: `/apis/${apiVersionOf({ ...kind, plural })}` });
    return list(record(found).resources).some((resource) => record(resource).name === plural);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
