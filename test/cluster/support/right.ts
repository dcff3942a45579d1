import { expect } from 'chai';
import type { World } from '../../support/world.ts';
import { bindings, DENY, policies, roles, VIEWER } from './paths.ts';
import { denyOnly, FULL_RBAC } from './spec.ts';

/** A baseline's sections that `expectRight` knows: the deny, a Role and a binding to it. */
export const DENY_AND_RBAC = { ...denyOnly(), rbac: FULL_RBAC };

/** Throws unless namespaces under a baseline of DENY_AND_RBAC hold what it says and nothing beside it. */
export async function expectRight({ admin }: World, namespaces: readonly string[]): Promise<void> {
  for (const namespace of namespaces) {
    const deny = await admin.find(policies(namespace, DENY));
    expect(deny?.spec, namespace).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const ours = (await admin.list(policies(namespace))).map(({ metadata }) => metadata.name);
    expect(ours).to.deep.equal([DENY]);
    expect((await admin.find(roles(namespace, VIEWER)))?.rules).to.deep.equal(
      (FULL_RBAC.roles as readonly { readonly rules: unknown }[])[0]?.rules,
    );
    expect(await admin.list(bindings(namespace))).to.have.lengthOf(1);
  }
}
