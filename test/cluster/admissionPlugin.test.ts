import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { install, renderKustomization } from '../support/install.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, untilReady } from './support/look.ts';
import { policies } from './support/paths.ts';
import { DENY_AND_RBAC } from './support/right.ts';
import { baselineOf } from './support/spec.ts';

const POLICY = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/drawbridge-own-objects-deny';

/** It serves ValidatingAdmissionPolicies, stores them, and never asks them. */
const WITHOUT = { apiServerFlags: ['--disable-admission-plugins=ValidatingAdmissionPolicy'] };

const withTheRight = async (admin: KubeAdmin): Promise<void> => {
  await install(admin);
  await admin.apply(await renderKustomization('manifests/admission'));
};

describe('Policies at admission on an API server whose plugin is switched off', function () {
  this.timeout(60_000);
  const world = useWorld({ controlPlane: WITHOUT, install: withTheRight });

  it('are not said to be enforced, though they stand; the rest of the baseline is right', async () => {
    const admin = world().admin;
    await member(world(), 'shop', 'strict');
    await admin.create(baselineOf('strict', { ...DENY_AND_RBAC, admission: 'Deny' }));
    await untilReady(world(), 'strict', 1);
    await eventually(
      async () => {
        const condition = conditionOf(await world().baseline('strict'), 'AdmissionEnforced');
        expect(condition).to.include({ status: 'False', reason: 'NotEvaluated' });
        expect(condition?.message).to.contain('--disable-admission-plugins');
      },
      { withinMs: 30_000 },
    );
    expect(await admin.find(POLICY)).not.to.equal(undefined);
    const planted = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'drawbridge-planted', namespace: 'shop' },
      spec: { podSelector: {}, ingress: [{}] },
    };
    expect((await admin.request('POST', policies('shop'), planted, { query: { dryRun: 'All' } })).status).to.equal(201);
  });
});
