import type { Millis } from "../core/machine.ts";
import { IisClock } from "./iis-clock.ts";
import { endingOf, messagesIn, numberItem } from "./iis-items.ts";
import { type LoggedQuery, queryFault, readLoggedQuery } from "./iis-query.ts";
import { type LogEntry, loggedInterval, type LogReading, nameHash, OTHER_LINE } from "./log-entry.ts";
import { decodePercent } from "./percent.ts";

/**
 * Reads the lines of one log of IIS in the W3C's extended format: `#Fields:` may stand anywhere and names the fields of
 * what follows, in any order; instants are UTC. Source: W3C WD-logfile-960323; IIS writes spaces in values as `+`.
 */
export class IisLog {
  #fields: Fields | undefined;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #clock = new IisClock();

  /** Reads one line, without its end. */
  read(line: string): LogReading {
    if (line.startsWith("#")) return this.#directive(line);
    const fields = this.#fields;
    if (fields === undefined) return broken("no #Fields line stands before it");
    const found = splitInto(this.#starts, this.#ends, line);
    if (found !== fields.count) return broken(`found ${found} fields, expected ${fields.count} as #Fields names them`);
    if (!ACTIVESYNC.test(this.#field(line, fields.stem))) return OTHER_LINE;
    return this.#request(line, fields);
  }

  #directive(line: string): LogReading {
    if (line.startsWith("#Fields:")) {
      const reading = readFields(line);
      this.#fields = typeof reading === "string" ? undefined : reading;
      if (typeof reading === "string") return broken(reading);
    } else if (line.startsWith("#Date:")) {
      this.#clock.begin(/\d{4}-\d\d-\d\d/u.exec(line)?.[0] ?? "");
    }
    return OTHER_LINE;
  }

  #request(line: string, fields: Fields): LogReading {
    const at = this.#clock.instant(this.#field(line, fields.date), this.#field(line, fields.time));
    if (Number.isNaN(at)) return broken("found no date and time");
    let query: LoggedQuery;
    try {
      query = readLoggedQuery(this.#field(line, fields.query));
    } catch (error) {
      return broken(queryFault(error));
    }
    const httpStatus = numberIn(this.#field(line, fields.httpStatus));
    /** The first half of a handshake (401) is no request yet; without a device it's one of a browser or of OPTIONS. */
    if (httpStatus === 401 || query.deviceId === "") return OTHER_LINE;
    const entry = this.#entry(line, fields, query, at, httpStatus);
    const handedOn = entry.intervalSeconds === undefined && entry.ending !== "refused" && query.log.includes("_PrxTo");
    return handedOn ? { kind: "handedOn" } : entry;
  }

  #entry(line: string, fields: Fields, query: LoggedQuery, at: Millis, httpStatus: number | undefined): LogEntry {
    const { command, log: items } = query;
    const messages = command === "Sync" ? messagesIn(items) : undefined;
    const waits = command === "Ping" || command === "Sync";
    const intervalSeconds = waits ? loggedInterval(numberItem(items, "Hb")) : undefined;
    const win32Status = numberIn(this.#field(line, fields.win32Status));
    const waitedMs = numberIn(this.#field(line, fields.timeTaken));
    const end = { command, items, httpStatus, win32Status, waitedMs, intervalSeconds, messages };
    return {
      kind: "entry",
      at,
      device: nameHash(query.deviceId, accountOf(query.user === "" ? this.#field(line, fields.user) : query.user)),
      deviceType: query.deviceType,
      command,
      intervalSeconds,
      ending: waits ? endingOf(end) : "unknown",
      waitedMs,
      messages,
    };
  }

  #field(line: string, index: number): string {
    if (index === -1) return "";
    return line.slice(this.#starts[index], this.#ends[index]);
  }
}

/** Where the fields stand that are needed; -1 for one that is not logged. */
interface Fields {
  readonly count: number;
  readonly date: number;
  readonly time: number;
  readonly stem: number;
  readonly query: number;
  readonly user: number;
  readonly httpStatus: number;
  readonly win32Status: number;
  readonly timeTaken: number;
}

/** As devices use it, with the handler's name, and as one Client Access server hands a request to another. */
const ACTIVESYNC = /^\/(?:SOGo\/)?Microsoft-Server-ActiveSync(?:\/Proxy)?(?:\/default\.eas)?\/?$/iu;

function readFields(line: string): Fields | string {
  const names = line.slice("#Fields:".length).trim().toLowerCase().split(/\s+/u);
  const missing = ["time", "cs-uri-stem", "cs-uri-query"].filter((name) => !names.includes(name));
  if (missing.length > 0) return `#Fields lacks ${missing.join(" and ")}`;
  return {
    count: names.length,
    date: names.indexOf("date"),
    time: names.indexOf("time"),
    stem: names.indexOf("cs-uri-stem"),
    query: names.indexOf("cs-uri-query"),
    user: names.indexOf("cs-username"),
    httpStatus: names.indexOf("sc-status"),
    win32Status: names.indexOf("sc-win32-status"),
    timeTaken: names.indexOf("time-taken"),
  };
}

/** Writes where each field begins and ends; gives how many there are. */
function splitInto(starts: number[], ends: number[], line: string): number {
  let [count, at] = [0, 0];
  for (let end = line.indexOf(" "); end !== -1; end = line.indexOf(" ", at)) {
    starts[count] = at;
    ends[count] = end;
    count += 1;
    at = end + 1;
  }
  starts[count] = at;
  ends[count] = line.length;
  return count + 1;
}

/** The account's name alone: who signs in is logged with the domain or without it, as the device has sent it. */
function accountOf(user: string): string {
  const name = user.includes("%") ? decoded(user) : user;
  return name.slice(name.lastIndexOf("\\") + 1);
}

function decoded(text: string): string {
  try {
    return decodePercent(text, 0);
  } catch {
    // Whoever sends no escapes has a name with a % in it.
    return text;
  }
}

function numberIn(text: string): number | undefined {
  return /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}

function broken(reason: string): LogReading {
  return { kind: "broken", reason };
}
