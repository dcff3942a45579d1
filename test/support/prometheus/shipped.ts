import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const MANIFESTS = join(import.meta.dirname, '../../../manifests');

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** The groups of the shipped PrometheusRules, by file. */
export const shippedGroups = (): ReadonlyMap<string, readonly RuleGroup[]> =>
  new Map(
    readdirSync(join(MANIFESTS, 'alerts'))
      .filter((file) => file !== 'kustomization.yaml')
      .map((file) => [file, parse(readFileSync(join(MANIFESTS, 'alerts', file), 'utf8')).spec.groups]),
  );

export const shippedRules = (): readonly Rule[] =>
  [...shippedGroups().values()].flatMap((groups) => groups.flatMap(({ rules }) => rules));

export interface ShippedPanel {
  readonly dashboard: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly queries: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly datasource: unknown;
  readonly unit: string | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: Grafana's own format, of which tests read what they are about
export type DashboardJson = any;

/** The shipped dashboards, by file. */
export const shippedDashboards = (): ReadonlyMap<string, DashboardJson> =>
  new Map(
    readdirSync(join(MANIFESTS, 'dashboards'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => [file, JSON.parse(readFileSync(join(MANIFESTS, 'dashboards', file), 'utf8'))]),
  );

/** All panels but rows. */
export const shippedPanels = (): readonly ShippedPanel[] =>
  [...shippedDashboards()].flatMap(([dashboard, { panels }]) =>
    panels
      .filter(({ type }: DashboardJson) => type !== 'row')
      .map(({ type, title, description, targets, datasource, fieldConfig }: DashboardJson) => ({
        dashboard,
        type,
        title,
        description,
        queries: targets,
        datasource,
        unit: fieldConfig.defaults.unit,
      })),
  );
