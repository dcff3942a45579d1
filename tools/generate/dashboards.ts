import { AUDIT } from './dashboards/audit.ts';
import { dashboardOf } from './dashboards/dashboard.ts';
import { INTERNALS } from './dashboards/internals.ts';
import { OVERVIEW } from './dashboards/overview.ts';
import type { Generator } from './generator.ts';
import { GENERATED } from './generator.ts';

const DASHBOARDS = { overview: OVERVIEW, internals: INTERNALS, audit: AUDIT };

/** Grafana keeps no field that it does not know, so the first says who made the file. */
export const dashboardsGenerator: Generator = {
  name: 'dashboards',
  files: async () =>
    Object.entries(DASHBOARDS).map(([name, spec]) => ({
      path: `manifests/dashboards/${name}.json`,
      content: `{ "__comment": "${GENERATED}",\n${JSON.stringify(dashboardOf(spec), null, 2).slice(2)}\n`,
    })),
};
