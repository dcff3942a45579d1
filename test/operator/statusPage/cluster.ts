import type { BaselineReportBody } from '../../../src/api/types.ts';
import type { Contribution } from '../../../src/core/outcome/tally.ts';
import type { Entry } from '../../../src/k8s/entry.ts';
import type { Ledger } from '../../../src/operator/ledger.ts';
import { createLedger } from '../../../src/operator/ledger.ts';
import type { StatusSources } from '../../../src/operator/statusPage/statusServer.ts';
import { contribution } from '../../core/tallies.ts';
import { baseline, baselineEntry, entry, finding, governed } from '../../support/build.ts';
import type { MutableIndex } from '../../support/buildIndex.ts';
import { createIndex } from '../../support/buildIndex.ts';
import { outcomeOver } from '../outcomes.ts';

/** What an operator knows of a cluster, without the operator. */
export interface Known extends StatusSources {
  readonly ledger: Ledger;
  readonly index: MutableIndex;
  /** A look at a namespace comes out so. */
  look(namespace: string, part?: Contribution): void;
}

const restricted = baseline('restricted');
const READY = { type: 'Ready', status: 'True', reason: 'Succeeded', message: 'x' } as const;
const CONDITION = { ...READY, observedGeneration: 1, lastTransitionTime: 't' } as const;

const DRIFTED = { ...CONDITION, type: 'Compliant', status: 'False', reason: 'FindingsPresent' } as const;

export function knownCluster(): Known {
  const ledger = createLedger(() => 0);
  const index = createIndex(baselineEntry(restricted, {}, { conditions: [CONDITION, DRIFTED] }));
  return {
    ledger,
    index,
    leads: () => true,
    look: (namespace, part = contribution()) => {
      const governance = governed([restricted], namespace);
      ledger.expect(governance);
      ledger.record(outcomeOver(governance, part));
    },
  };
}

export const BAD = finding({ severity: 'critical', reason: 'ForeignPolicyOpensNamespace' });

/** As the operator stores it. */
export const REPORT: BaselineReportBody = {
  state: 'Drifted',
  summary: 'network by restricted; 1 finding',
  sections: [
    {
      section: 'network',
      baseline: 'restricted',
      baselineUid: 'u',
      enforcement: 'Enforce',
      held: true,
      selectedBy: [],
    },
  ],
  findings: [
    {
      baseline: 'restricted',
      control: 'network.foreign-policies',
      check: 'SB-NET-005',
      severity: 'critical',
      result: 'fail',
      object: 'NetworkPolicy payments/allow-all',
      reason: 'ForeignPolicyOpensNamespace',
      message: 'the policy lets in everything, to all pods of the namespace; written by kubectl-client-side-apply',
    },
  ],
  lastDrift: {
    object: 'NetworkPolicy payments/drawbridge-default-deny',
    change: 'deleted',
    fields: [],
    manager: '',
    user: 'mallory',
    at: '2026-01-01T00:00:00.000Z',
    repairedInMs: 4,
  },
};

export const reportEntry = (namespace: string, report: BaselineReportBody): Entry =>
  entry('BaselineReport', 'drawbridge', { ...report }, { namespace });
