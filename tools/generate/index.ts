import { argoHealthGenerator } from './argoHealth.ts';
import { chartGenerator } from './chart/index.ts';
import { cliDocsGenerator } from './cliDocs.ts';
import { controlsDocGenerator } from './controlsDoc.ts';
import { crdDocsGenerator } from './crdDocs.ts';
import { crdKustomizationGenerator } from './crdKustomization.ts';
import { crdGenerator } from './crds.ts';
import { dashboardsGenerator } from './dashboards.ts';
import { findingHelpGenerator } from './findingHelp.ts';
import type { Generator } from './generator.ts';
import { metricsDocGenerator } from './metricsDoc.ts';
import { rbacGenerator } from './rbac.ts';
import { statusPageGenerator } from './statusPage.ts';

const MAKERS: readonly Generator[] = [
  crdGenerator,
  crdDocsGenerator,
  crdKustomizationGenerator,
  rbacGenerator,
  controlsDocGenerator,
  metricsDocGenerator,
  findingHelpGenerator,
  dashboardsGenerator,
  cliDocsGenerator,
  argoHealthGenerator,
  statusPageGenerator,
];

/** Everything that `make generate` makes. A generator is one file and one line above. */
export const GENERATORS: readonly Generator[] = [...MAKERS, chartGenerator(MAKERS)];
