import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries';

/** The variable by which a dashboard is given its Prometheus. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** Only clusters that were picked; where series have no such label, all of them are. */
export const CLUSTER = 'cluster=~"$cluster"';

export interface PanelSpec {
  readonly title: string;
  /** What it says, and what is right or wrong with it; Grafana shows it at the title. */
  readonly description: string;
  /** Expression and legend of each query. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  /** One of Grafana's units: `short`, `s`, `ops`, … */
  readonly unit?: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly height?: number;
}

const HEIGHT = 8;

/** What all kinds of panels are told in the same words. */
interface Common<B> extends Builder<Panel> {
  title(title: string): B;
  description(description: string): B;
  unit(unit: string): B;
  span(width: number): B;
  height(height: number): B;
  datasource(datasource: common.DataSourceRef): B;
  targets(targets: Builder<Dataquery>[]): B;
}

const dressed = <B extends Common<B>>(panel: B, spec: PanelSpec, instant: boolean): B =>
  panel
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit ?? 'short')
    .span(spec.width)
    .height(spec.height ?? HEIGHT)
    .datasource(DATASOURCE)
    .targets(
      spec.queries.map(([expr, legend], index) => {
        const query = new DataqueryBuilder()
          .refId(String.fromCharCode(65 + index))
          .datasource(DATASOURCE)
          .expr(expr)
          .legendFormat(legend);
        return instant ? query.instant() : query.range();
      }),
    );

/** Over time; `stacked` when the series are parts of a whole. */
export function timeseries(spec: PanelSpec & { readonly stacked?: boolean }): Timeseries {
  const panel = dressed(new Timeseries(), spec, false)
    .min(0)
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 40 : 10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  return spec.stacked === true
    ? panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
    : panel;
}

/** One number for each series; it turns red at `redFrom`. */
export function stat(spec: PanelSpec & { readonly redFrom?: number; readonly redBelow?: number }): Stat {
  return dressed(new Stat(), { height: 4, ...spec }, true)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Auto)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(spec));
}

/** A bar for each series, longest first by the query. */
export const bars = (spec: PanelSpec): BarGauge =>
  dressed(new BarGauge(), spec, true)
    .min(0)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds({}));

/** For what is 1 or 0: green while it holds, red while not. */
export const timeline = (spec: PanelSpec): StateTimeline =>
  dressed(new StateTimeline(), spec, false)
    .min(0)
    .max(1)
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .thresholds(thresholds({ redBelow: 1 }));

function thresholds(limits: { readonly redFrom?: number; readonly redBelow?: number }): ThresholdsConfigBuilder {
  const { redFrom, redBelow } = limits;
  const base = { value: null, color: redBelow === undefined ? 'green' : 'red' };
  const steps = [
    base,
    ...(redBelow === undefined ? [] : [{ value: redBelow, color: 'green' }]),
    ...(redFrom === undefined ? [] : [{ value: redFrom, color: 'red' }]),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
