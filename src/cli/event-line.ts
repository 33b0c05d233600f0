import type { ApiEvent } from "../control/api/event-schemas.ts";
import { visible } from "../profile/words.ts";
import { clock, minutes } from "../report/ladder.ts";
import { askedWords } from "./asked-words.ts";
import { boundsWords } from "./bounds-words.ts";

/** An event as a line for people. */
export function eventLine(event: ApiEvent): string {
  if (event.kind === "gap") return `          gap          ${gapWords(event)}`;
  const at = clock(event.at / 1000).padStart(8);
  const where = ("listener" in event ? (event.listener ?? "") : "").padEnd(8);
  return visible([at, event.kind.padEnd(11), where, words(event)].join("  ").trimEnd());
}

function words(event: Exclude<ApiEvent, { readonly kind: "gap" }>): string {
  switch (event.kind) {
    case "asked":
      return `${who(event)} asks ${askedWords(event)}`;
    case "ended": {
      const hop = event.hop === undefined ? "" : ` on ${event.hop} (${event.action ?? "nothing"})`;
      return `${who(event)} ${askedWords(event)}: ${event.outcome}${hop} after ${minutes(event.waitedSeconds)}`;
    }
    case "lateAnswer":
      return `${who(event)} ${askedWords(event)}: the server answered, the path was dead`;
    case "decodeFailed":
      return `flow ${event.flow}: a body could not be read (${event.reason})`;
    case "flowOpened":
      return `flow ${event.flow} opened`;
    case "flowEnded":
      return `flow ${event.flow} ended by ${event.hop} (${event.condition}): ${event.toDevice}, ${event.toServer}`;
    case "flowClosed":
      return `flow ${event.flow} closed, ${event.toServerBytes} bytes to the server, ${event.toDeviceBytes} back`;
    case "unheard":
      return `${who(event)} did not hear the answer to its ${event.command}, given after ${minutes(event.silenceSeconds)}`;
    case "collided":
      return `${who(event)} has two requests parked at once`;
    case "stormBegan":
      return `${who(event)} asks without pause (${event.command})`;
    case "stormEnded":
      return `${who(event)} has paused`;
    case "alertRaised":
      return `event 1040: ${event.text}`;
    case "alertCleared":
      return `event 1040 is over: intervals for ${event.command} are ${Math.round(event.meanSeconds ?? 0)} s on average`;
    case "wallFound":
    case "wallLifted":
      return `${event.network}: ${boundsWords(event)}`;
    case "change":
      return `${event.what} (${event.by})`;
  }
}

function gapWords({ missed, restarted }: Extract<ApiEvent, { readonly kind: "gap" }>): string {
  return restarted === true ? "the server was started anew" : `${missed} events are no longer kept`;
}

type OfDevice = Extract<ApiEvent, { readonly device: string }>;

function who({ device, deviceId }: OfDevice): string {
  return `device ${deviceId ?? device}`;
}
