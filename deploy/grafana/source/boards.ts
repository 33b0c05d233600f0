import { OPERATIONS } from "./operations.ts";
import { OVERVIEW } from "./overview.ts";

/** The boards by the name of their file in `deploy/grafana/dashboards`. */
export const BOARDS = { overview: OVERVIEW, operations: OPERATIONS } as const;
