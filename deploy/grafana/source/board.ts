import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  CustomVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DATA_SOURCE } from "./panels.ts";

/** A heading, and the panels below it. */
export type Row = readonly [title: string, panels: readonly Builder<Panel>[]];

export interface BoardSpec {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  /** Variables beside those that every board has: a label's name and the series that carries it. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/**
 * Windows of rates. A request may wait for an hour, and is counted when it ends: less than an hour or two shows a part
 * of them. The short ones are for emulated time that runs faster than the clock.
 */
const WINDOWS = "2m,15m,1h,2h,6h,1d";
const DEFAULT_WINDOW = "2h";

/** Builds a board: its variables, links to its siblings, its rows. */
export function board({ uid, title, about, labels = {}, rows }: BoardSpec): Dashboard {
  const built = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(["idlewall"])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .timezone("browser")
    .link(new DashboardLinkBuilder("idlewall").type(DashboardLinkType.Dashboards).tags(["idlewall"]).keepTime(true));
  built.withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const [label, series] of Object.entries({ instance: "idlewall_build_info", ...labels })) {
    built.withVariable(labelVariable(label, series));
  }
  built.withVariable(windowVariable());
  for (const [heading, panels] of rows) {
    built.withRow(new RowBuilder(heading));
    for (const panel of panels) built.withPanel(panel);
  }
  return built.build();
}

function labelVariable(label: string, series: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(label.replace(/^./u, (letter) => letter.toUpperCase()))
    .datasource(DATA_SOURCE)
    .query(`label_values(${series}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: "All", value: "$__all" });
}

function windowVariable(): CustomVariableBuilder {
  return new CustomVariableBuilder("window")
    .label("Window")
    .values(WINDOWS)
    .current({ selected: true, text: DEFAULT_WINDOW, value: DEFAULT_WINDOW });
}
