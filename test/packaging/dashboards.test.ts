import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { findGrafanaCheck, grafanaMistakes } from '../support/grafana/check.ts';
import { renderKustomization } from '../support/install.ts';
import type { DashboardJson } from '../support/prometheus/shipped.ts';
import { shippedDashboards, shippedPanels, shippedRules } from '../support/prometheus/shipped.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';
import { groupedBy, SERVED, seriesIn, TARGET, unknownIn } from './series.ts';

const DASHBOARDS = join(import.meta.dirname, '../../manifests/dashboards');

/** What a dashboard must not be like, each in another part of Grafana's types. */
const SPOILT: Readonly<Record<string, (dashboard: DashboardJson, panel: DashboardJson) => void>> = {
  'a field of its own': (dashboard) => Object.assign(dashboard, { colour: 'red' }),
  'a field of another type': (dashboard) => Object.assign(dashboard, { refresh: 30 }),
  'a field that a panel does not have': (_, panel) => Object.assign(panel, { colour: 'red' }),
  'a kind of panel that there is not': (_, panel) => Object.assign(panel, { type: 'graph3d' }),
  'an option that a panel does not have': (_, panel) => Object.assign(panel.options, { colour: 'red' }),
  'a style that a panel does not have': (_, panel) =>
    Object.assign(panel.fieldConfig.defaults.custom, { colour: 'red' }),
  'a field that a query does not have': (_, panel) => Object.assign(panel.targets[0], { expression: 'up' }),
  'a query of another type': (_, panel) => Object.assign(panel.targets[0], { instant: 'yes' }),
  'a panel that is wider than the page': (_, panel) => Object.assign(panel.gridPos, { w: 30 }),
  'a field that a variable does not have': ({ templating }) => Object.assign(templating.list[0], { colour: 'red' }),
};

describe('The dashboards', () => {
  const panels = shippedPanels();

  it('have titles, ids and a place of their own, and cannot be edited in the browser: they are code', () => {
    const dashboards = [...shippedDashboards().values()];
    expect(new Set(dashboards.map(({ uid }) => uid)).size).to.equal(dashboards.length);
    for (const { editable, panels: all, templating } of dashboards) {
      expect(editable).to.equal(false);
      expect(new Set(all.map(({ id }: { id: number }) => id)).size).to.equal(all.length);
      expect(new Set(all.map(({ title }: { title: string }) => title)).size).to.equal(all.length);
      const places = all.map(({ gridPos }: { gridPos: { x: number; y: number } }) => `${gridPos.x} ${gridPos.y}`);
      expect(new Set(places).size).to.equal(all.length);
      expect(templating.list[0]).to.include({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    }
  });

  it('are all installed by their kustomization', () => {
    const { configMapGenerator } = parse(readFileSync(join(DASHBOARDS, 'kustomization.yaml'), 'utf8'));
    const files = configMapGenerator.flatMap((map: { files: readonly string[] }) => map.files);
    expect(files.toSorted()).to.deep.equal([...shippedDashboards().keys()].toSorted());
  });

  it('become ConfigMaps that a sidecar of Grafana finds', async function () {
    this.timeout(60_000);
    const maps = await renderKustomization('manifests/dashboards');
    expect(maps.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).to.deep.equal([
      'ConfigMap drawbridge-system/dashboard-audit',
      'ConfigMap drawbridge-system/dashboard-internals',
      'ConfigMap drawbridge-system/dashboard-overview',
    ]);
    for (const { metadata } of maps) expect(metadata.labels).to.include({ grafana_dashboard: '1' });
  });

  it('pick only from metrics that there are', () => {
    for (const { templating } of shippedDashboards().values()) {
      for (const { name, query } of templating.list.slice(1)) {
        const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
        expect(unknownIn(selector), name).to.deep.equal([]);
        expect([...(SERVED.get(selector.split('{')[0] ?? '') ?? []), ...TARGET]).to.include(label);
      }
    }
  });

  describe("by Grafana's own types", function () {
    this.timeout(START_TIMEOUT_MS);
    let dir = '';
    before(async () => {
      await findGrafanaCheck();
      dir = mkdtempSync(join(tmpdir(), 'drawbridge-dashboards-'));
    });
    after(() => rmSync(dir, { recursive: true, force: true }));

    it('have no field that these do not know, lack none, and keep their bounds', async () => {
      const files = [...shippedDashboards().keys()].map((file) => join(DASHBOARDS, file));
      expect(files).to.have.length.above(2);
      expect(await grafanaMistakes(files)).to.deep.equal([]);
    });

    for (const [what, spoil] of Object.entries(SPOILT)) {
      it(`would not pass with ${what}`, async () => {
        const dashboard = structuredClone(shippedDashboards().get('overview.json'));
        spoil(
          dashboard,
          dashboard.panels.find(({ type }: { type: string }) => type === 'timeseries'),
        );
        const file = join(dir, 'spoilt.json');
        writeFileSync(file, JSON.stringify(dashboard));
        expect(await grafanaMistakes([file])).to.have.length.above(0);
      });
    }
  });

  it('and the alerts use every metric that is on the page: of the operator, the receiver and the agent', () => {
    const asked = [...panels.flatMap(({ queries }) => queries), ...shippedRules()];
    const used = new Set(asked.flatMap(({ expr }) => seriesIn(expr).map(({ name }) => name)));
    expect([...SERVED.keys()].filter((name) => !used.has(name))).to.deep.equal([]);
    // What the page has is what was looked for, under the name that it is asked by.
    const page = readFileSync(join(DASHBOARDS, '../../docs/metrics.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|/gm)].map(([, name, type]) =>
      type === 'histogram' ? `${name}_bucket` : name,
    );
    expect(listed).to.have.length.above(50);
    expect(listed.filter((name) => name === undefined || !used.has(name))).to.deep.equal([]);
  });

  for (const { dashboard, title, description, queries, datasource, unit } of panels) {
    it(`${dashboard}, "${title}": says what it is, and asks for metrics and labels that there are`, () => {
      expect(description).to.match(/\.$/);
      expect(unit).to.be.a('string');
      expect(datasource).to.deep.equal({ type: 'prometheus', uid: '$datasource' });
      expect(queries).to.have.length.above(0);
      for (const { expr, legendFormat } of queries) {
        expect(unknownIn(expr), expr).to.deep.equal([]);
        const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        expect([...groupedBy(expr), 'instance'], legendFormat).to.include.members(legend);
        // One Prometheus may have several clusters, whose sum says nothing.
        for (const { name, labels } of seriesIn(expr)) expect(labels, name).to.include('cluster');
        // A fixed range shows less than there is, or nothing, as one zooms.
        expect(expr).not.to.match(/\[\d/);
      }
    });
  }
});
