import { commandGroup } from "../command.ts";
import { check } from "./profiles/check.ts";
import { exportCommand } from "./profiles/export.ts";
import { list } from "./profiles/list.ts";
import { show } from "./profiles/show.ts";

/** `idlewall profiles list | show | check | export`. */
export const profiles = commandGroup("profiles", "Named paths with their time-outs", [
  list,
  show,
  check,
  exportCommand,
]);
