import { BASELINE_REPORT, PROBE_LABEL, REPORT_NAME } from '../../api/names.ts';
import { apiVersionOf, pathOf } from '../../k8s/kind.ts';
import { KubeError } from '../../kube/errors.ts';
import type { JsonTransport } from '../../kube/transport.ts';

/** What the API server says to what the policies refuse. */
export type ProbeAnswer = 'refused' | 'accepted';

/** How a ValidatingAdmissionPolicy of ours begins its refusal; RBAC says 403 in other words. */
const REFUSAL = /ValidatingAdmissionPolicy 'drawbridge-probe-/;

/**
 * Asks for the BaselineReport of our own namespace with the label of the probe, as a dry run: nothing is stored either way.
 * Rejects when the answer is neither.
 */
export const createAdmissionProbe =
  (transport: JsonTransport, namespace: string) =>
  async (value: string, signal: AbortSignal): Promise<ProbeAnswer> => {
    const body = {
      apiVersion: apiVersionOf(BASELINE_REPORT),
      kind: BASELINE_REPORT.kind,
      metadata: { name: REPORT_NAME, namespace, labels: { [PROBE_LABEL]: value } },
      // The schema is asked before admission.
      state: 'Unknown',
      summary: 'a dry run',
      sections: [],
    };
    const path = pathOf(BASELINE_REPORT, namespace);
    try {
      await transport.json<unknown>({ method: 'POST', path, query: { dryRun: 'All' }, body, signal });
      return 'accepted';
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.status === 403 && REFUSAL.test(error.serverMessage)) return 'refused';
      // Whether there is one is asked after admission.
      if (error.reason === 'AlreadyExists') return 'accepted';
      throw error;
    }
  };
