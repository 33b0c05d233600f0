import type { CommandRequest } from "../activesync/command.ts";

/**
 * What a device does about a Status that it was answered: provisions again, fetches the folders again, sends the whole
 * request instead of what differs, watches fewer folders, or merely asks again, with what the answer itself taught it
 * (the interval of Ping 5 and Sync 14, the lost key of Sync 3).
 */
export type Remedy = "provision" | "fetchFolders" | "sendInFull" | "watchFewer" | "askAgain";

/** Statuses of any command from 14.0 on, and HTTP 449 before, that mean "provision" (MS-ASCMD, Status 142 to 144). */
const PROVISION: Readonly<Record<number, Remedy>> = { 142: "provision", 143: "provision", 144: "provision" };

/** Sources: MS-ASCMD (Ping, Sync, FolderSync), MS-ASPROV (Provision). A Status not named here is waited out. */
const REMEDIES: Readonly<Record<CommandRequest["command"], Readonly<Record<number, Remedy>>>> = {
  OPTIONS: {},
  Provision: { 5: "provision" },
  FolderSync: { ...PROVISION, 9: "fetchFolders" },
  Sync: {
    ...PROVISION,
    3: "askAgain",
    4: "sendInFull",
    8: "fetchFolders",
    12: "fetchFolders",
    13: "sendInFull",
    14: "askAgain",
    15: "watchFewer",
    16: "askAgain",
    149: "sendInFull",
  },
  Ping: { ...PROVISION, 3: "sendInFull", 4: "sendInFull", 5: "askAgain", 6: "watchFewer", 7: "fetchFolders" },
};

/** The remedy for a Status, `undefined` when the device can only wait and ask again. */
export function remedyFor(command: CommandRequest["command"], status: number): Remedy | undefined {
  return REMEDIES[command][status];
}
