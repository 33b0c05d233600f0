import { type Builder, type Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  LineStyleBuilder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Unit } from "./units.ts";

/** A query and what its series are called. */
export type Query = readonly [expression: string, legend: string];

/** What is shown, whatever the shape. */
export interface PanelSpec {
  readonly title: string;
  /** What it says, and what to do about it: a person reads this in the panel's corner. */
  readonly about: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** From which value on which colour; the first has no value. */
  readonly thresholds?: readonly Threshold[];
  /** Of the 24 columns of a board. */
  readonly columns: number;
}

/** Further wishes of a panel of lines. */
export interface LinesSpec extends PanelSpec {
  /** Counts in bars that stand on each other. */
  readonly stacked?: boolean;
  /** Series whose names match are dashed: time-outs and limits, which are set and not measured. */
  readonly dashed?: string;
  readonly max?: number;
}

/** Further wishes of a panel of a single figure. */
export interface FigureSpec extends PanelSpec {
  readonly mappings?: readonly ValueMapping[];
  /** The legend says it, and the figure nothing. */
  readonly named?: boolean;
}

/** The data source that a variable names. */
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };

/** Points are no closer than this: that of the scrapes. */
const STEP = "15s";

/** Those of heat maps: each point counts what came since the one before, for which it needs several scrapes. */
const COUNTING_STEP = "1m";

const ROWS_TALL = 8;
const FIGURE_ROWS_TALL = 5;

/** Lines over time, thresholds drawn. */
export function lines(spec: LinesSpec): Builder<Panel> {
  const { unit, columns, thresholds, stacked = false, dashed, max } = spec;
  const panel = described(new TimeseriesBuilder(), spec)
    .unit(unit)
    .min(0)
    .span(columns)
    .height(ROWS_TALL)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .fillOpacity(stacked ? 60 : 8);
  for (const query of queriesOf(spec)) panel.withTarget(query);
  if (max !== undefined) panel.max(max);
  if (stacked) {
    panel.drawStyle(GraphDrawStyle.Bars).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  }
  if (thresholds !== undefined) {
    const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
    panel.thresholds(stepsOf(thresholds)).thresholdsStyle(style);
  }
  if (dashed !== undefined) {
    const style = new LineStyleBuilder().fill("dash").dash([10, 6]).build();
    panel.overrideByRegexp(dashed, [
      { id: "custom.lineStyle", value: style },
      { id: "custom.fillOpacity", value: 0 },
    ]);
  }
  return panel;
}

/** The latest figure, large, over its course. */
export function figure(spec: FigureSpec): Builder<Panel> {
  const { unit, columns, thresholds = [], mappings = [], named = false } = spec;
  const panel = described(new StatBuilder(), spec)
    .unit(unit)
    .span(columns)
    .height(FIGURE_ROWS_TALL)
    .mappings([...mappings])
    .thresholds(stepsOf(thresholds))
    .colorMode(thresholds.length > 1 ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(named ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .textMode(named ? BigValueTextMode.Name : BigValueTextMode.Auto)
    .noValue("none")
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]));
  for (const query of queriesOf(spec)) panel.withTarget(query);
  return panel;
}

/** A histogram over time: each row reaches up to the border it names. */
export function heatMap(spec: PanelSpec): Builder<Panel> {
  const { unit, columns } = spec;
  const panel = described(new HeatmapBuilder(), spec)
    .span(columns)
    .height(ROWS_TALL + 2)
    .interval(COUNTING_STEP)
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Le))
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Oranges").steps(64))
    .cellGap(1)
    .showLegend();
  for (const query of queriesOf(spec)) {
    panel.withTarget(query.format(PromQueryFormat.Heatmap).exemplar(true));
  }
  return panel;
}

/** What all shapes are told in the same way. */
interface Describable {
  title(title: string): this;
  description(description: string): this;
  datasource(source: typeof DATA_SOURCE): this;
  interval(interval: string): this;
}

function described<Shape extends Describable>(panel: Shape, { title, about }: PanelSpec): Shape {
  return panel.title(title).description(about).datasource(DATA_SOURCE).interval(STEP);
}

function queriesOf({ queries }: PanelSpec): readonly (DataqueryBuilder & Builder<Dataquery>)[] {
  return queries.map(([expression, legend], index) =>
    new DataqueryBuilder()
      .refId("ABCDEFGH".charAt(index))
      .datasource(DATA_SOURCE)
      .expr(expression)
      .legendFormat(legend)
      .range(),
  );
}

function stepsOf(thresholds: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...thresholds]);
}
