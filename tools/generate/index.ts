import { argoHealthGenerator } from './argoHealth.ts';
import { cliDocsGenerator } from './cliDocs.ts';
import { controlsDocGenerator } from './controlsDoc.ts';
import { crdDocsGenerator } from './crdDocs.ts';
import { crdKustomizationGenerator } from './crdKustomization.ts';
import { crdGenerator } from './crds.ts';
import type { Generator } from './generator.ts';
import { metricsDocGenerator } from './metricsDoc.ts';
import { rbacGenerator } from './rbac.ts';

/** Everything that `make generate` makes. A generator is one file and one line here. */
export const GENERATORS: readonly Generator[] = [
  crdGenerator,
  crdDocsGenerator,
  crdKustomizationGenerator,
  rbacGenerator,
  controlsDocGenerator,
  metricsDocGenerator,
  cliDocsGenerator,
  argoHealthGenerator,
];
