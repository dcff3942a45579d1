import { join } from 'node:path';
import { expect } from 'chai';
import { BASELINE_REPORT, BASELINE_WAIVER, REPORT_NAME, SECURITY_BASELINE } from '../../src/api/names.ts';
import { apiVersionOf, pathOf } from '../../src/k8s/kind.ts';
import {
  FULL_BASELINE,
  FULL_WAIVER,
  MAXIMAL_BASELINE,
  MAXIMAL_WAIVER,
  REFUSED,
  REFUSED_WAIVERS,
  TYPOS,
} from '../api/samples/index.ts';
import type { Refusal } from '../api/samples/refusal.ts';
import type { KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

const CRDS = [SECURITY_BASELINE, BASELINE_WAIVER, BASELINE_REPORT].map(({ group, plural }) =>
  join(import.meta.dirname, `../../crds/${group}_${plural}.yaml`),
);
const kindOf = ({ kind }: NewObject) => (kind === BASELINE_WAIVER.kind ? BASELINE_WAIVER : SECURITY_BASELINE);

describe('What the API server makes of a baseline', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;

  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    for (const crd of CRDS) await admin.apply(crd);
  });
  after(() => admin?.close());

  describe('misspelt fields that the client does not have checked (THREATS 8)', () => {
    for (const typo of TYPOS) it(`refuses ${typo.name}`, () => expectRefused(typo, 'Ignore'));
  });

  describe('fields that are spelt right', () => {
    for (const refusal of [...REFUSED, ...REFUSED_WAIVERS])
      it(`refuses ${refusal.name}`, () => expectRefused(refusal, 'Strict'));
  });

  it('stores a full baseline as it was sent: nothing defaulted, nothing dropped', async () => {
    expect((await createdAndRead(FULL_BASELINE)).spec).to.deep.equal(FULL_BASELINE.spec);
  });

  it('accepts a baseline as large as its bounds let it be, within the CEL budget (THREATS 28)', async () => {
    expect((await createdAndRead(MAXIMAL_BASELINE)).spec).to.deep.equal(MAXIMAL_BASELINE.spec);
  });

  it('stores a full waiver as it was sent, and one as large as its bounds let it be (THREATS 16, 28)', async () => {
    for (const waiver of [FULL_WAIVER, MAXIMAL_WAIVER]) {
      const { spec, status } = await createdAndRead(waiver);
      expect([spec, status]).to.deep.equal([waiver.spec, { observedGeneration: -1 }]);
    }
  });

  it('gives a new baseline the status of one that nobody has seen', async () => {
    expect((await createdAndRead(FULL_BASELINE)).status).to.deep.equal({ observedGeneration: -1 });
  });

  it('takes no status from whoever may write the spec', async () => {
    const forged = { ...FULL_BASELINE, status: { observedGeneration: 1, summary: '1/1' } };
    expect((await createdAndRead(forged)).status).to.deep.equal({ observedGeneration: -1 });
  });

  it('stores a status through its subresource', async () => {
    await removedAfter(FULL_BASELINE, async (path) => {
      const status = { observedGeneration: 1, summary: '1/1', conditions: [condition()] };
      await admin.patch(`${path}/status`, { status });
      expect((await admin.get(path)).status).to.deep.equal(status);
    });
  });

  it('stores one report for a namespace, and none of another name', async () => {
    const reports = pathOf(BASELINE_REPORT, 'default');
    const options = { query: { dryRun: 'All', fieldValidation: 'Strict' } };
    const accepted = await admin.request('POST', reports, report(REPORT_NAME), options);
    const refused = await admin.request('POST', reports, report('mine'), options);
    expect([accepted.status, refused.status]).to.deep.equal([201, 422]);
    expect(refused.body.message).to.contain('a namespace has one BaselineReport, named drawbridge');
  });

  async function expectRefused({ object, message }: Refusal, fieldValidation: 'Ignore' | 'Strict'): Promise<void> {
    const query = { fieldValidation, dryRun: 'All' };
    const response = await admin.request('POST', pathOf(kindOf(object)), object, { query });
    expect(response.status, JSON.stringify(response.body)).to.equal(422);
    expect(withoutValues(response.body)).to.contain(message);
  }

  const createdAndRead = (object: NewObject) => removedAfter(object, (path) => admin.get(path));

  async function removedAfter<T>(object: NewObject, look: (path: string) => Promise<T>): Promise<T> {
    const path = pathOf(kindOf(object), '', object.metadata.name);
    const query = { fieldValidation: 'Strict' };
    const { status, body } = await admin.request('POST', pathOf(kindOf(object)), object, { query });
    expect(status, body.message).to.equal(201);
    try {
      return await look(path);
    } finally {
      await admin.delete(path);
    }
  }
});

interface Cause {
  readonly field: string;
  readonly message: string;
}

const QUOTED = /^Invalid value: ("(?:[^"\\]|\\.)*"|\d+): /;

/** The sentences without the values that they quote, of which some server versions quote more than others. */
const withoutValues = (status: { readonly details?: { readonly causes?: readonly Cause[] } }): string =>
  (status.details?.causes ?? [])
    .map(({ field, message }) => `${field}: ${message.replace(QUOTED, 'Invalid value: ')}`)
    .join('\n');

const condition = () => ({
  type: 'Ready',
  status: 'True',
  observedGeneration: 1,
  lastTransitionTime: '2026-01-01T00:00:00Z',
  reason: 'Succeeded',
  message: '',
});

const report = (name: string) => ({
  apiVersion: apiVersionOf(BASELINE_REPORT),
  kind: BASELINE_REPORT.kind,
  metadata: { name },
  state: 'Compliant',
  summary: 'restricted',
  sections: [],
});
