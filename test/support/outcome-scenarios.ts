import { encodePingResponse } from "../../src/activesync/ping.ts";
import type { Outcome } from "../../src/heartbeat/events.ts";
import type { Profile } from "../../src/path/hop.ts";
import type { OutcomeStage } from "./outcome-stage.ts";
import { pingAnswer } from "./requests.ts";
import { idleHop, profileOf } from "./rig.ts";

/** An exchange that ends in an outcome; its Ping asks for 15 minutes, and waits since 0 s. */
export interface OutcomeScenario {
  readonly outcome: Outcome;
  readonly story: string;
  readonly profile: Profile;
  /** Has happen what the story tells, once time runs. */
  play(stage: OutcomeStage): void | Promise<void>;
  /** The last message of the log to wait for; default: the exchange's end. */
  readonly lastMessage?: string;
}

const CARRIER = profileOf(idleHop(780_000, { toDevice: "drop", toServer: "drop" }, "carrier"));

const GATEWAY = profileOf({
  name: "gateway",
  kind: "firewall",
  conditions: [{ type: "lifetime", ageMs: 600_000, atExpiry: { toDevice: "reset", toServer: "reset" } }],
});

const FOLDER_SYNC =
  "POST /Microsoft-Server-ActiveSync?Cmd=FolderSync&User=anna&DeviceId=device1&DeviceType=PocketPC HTTP/1.1\r\n" +
  "Host: mail.example.com\r\nContent-Length: 0\r\n\r\n";

/** One for each outcome, in their order. */
export const OUTCOME_SCENARIOS: readonly OutcomeScenario[] = [
  {
    outcome: "held",
    story: "The server answers at the end of the interval: no changes.",
    profile: profileOf(),
    play: (stage) => stage.at(900, () => stage.peer.socket.write(pingAnswer(1))),
  },
  {
    outcome: "changes",
    story: "New mail comes after four minutes, and the server answers.",
    profile: profileOf(),
    play: (stage) => stage.at(240, () => stage.peer.socket.write(pingAnswer(2))),
  },
  {
    outcome: "rejected",
    story: "The server holds no request longer than eight minutes, and says so at once.",
    profile: profileOf(),
    play: (stage) => stage.at(0, () => stage.peer.socket.write(TOO_LONG)),
  },
  {
    outcome: "expired",
    story: "A carrier forgets the connection after 13 minutes of silence; the server's answer comes too late.",
    profile: CARRIER,
    play: (stage) => stage.at(900, () => stage.peer.socket.write(pingAnswer(1))),
    lastMessage: "late answer",
  },
  {
    outcome: "cut",
    story: "A gateway ends every connection when it is ten minutes old.",
    profile: GATEWAY,
    play: () => undefined,
  },
  {
    outcome: "lost",
    story:
      "The network in front of idlewall resets the connection after five minutes, and the device does not come back within one.",
    profile: CARRIER,
    play: (stage) => stage.at(300, () => stage.device.raw.resetAndDestroy()),
  },
  {
    outcome: "withdrawn",
    story: "The device gives up its Ping after five minutes, and asks for its folders on another connection.",
    profile: CARRIER,
    play: async (stage) => {
      const elsewhere = await stage.elsewhere();
      stage.at(300, () => stage.device.raw.resetAndDestroy());
      stage.at(301, () => elsewhere.send(FOLDER_SYNC));
    },
  },
  {
    outcome: "serverFailed",
    story: "The server resets the connection after two minutes.",
    profile: CARRIER,
    play: (stage) => stage.at(120, () => stage.peer.socket.resetAndDestroy()),
  },
  {
    outcome: "open",
    story: "The Ping waits still.",
    profile: CARRIER,
    play: () => undefined,
    lastMessage: "Ping asked",
  },
];

const TOO_LONG = answerOf(encodePingResponse({ status: 5, heartbeatIntervalSeconds: 480 }));

function answerOf(body: Uint8Array): Buffer {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
