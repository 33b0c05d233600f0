import { EVENT_KINDS } from "../../control/api/event-schemas.ts";
import { patience, Seen } from "../../control/api/awaited.ts";
import { EmulatorError, UsageError } from "../../errors.ts";
import { anyOf, suggestion } from "../../profile/words.ts";
import { defineCommand } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { eventLine } from "../event-line.ts";
import { expectationFrom } from "../expectation.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { wholeNumber } from "../whole-number.ts";

/** `idlewall events`: follows what happens on a running server. */
export const events = defineCommand({
  command: "events",
  describe: "Follow what happens on a running server, and wait for what is expected",
  options: {
    ...SERVER_OPTIONS,
    kinds: { type: "string", array: true, describe: `Only these: ${anyOf(EVENT_KINDS)}; may be repeated` },
    after: { type: "number", describe: "Begin behind the event with this number, 0 for all that are kept" },
    count: { type: "number", describe: "Stop after so many" },
    until: {
      type: "string",
      describe: "Stop at an event such as ended:outcome=held,heartbeatIntervalSeconds=720",
    },
    timeout: { type: "string", describe: "Exit with code 1 when count or until have not come in this time" },
    reveal: { type: "string", choices: ["device"], describe: "Show device ids, where the server allows it" },
  },
  run: async (args, output) => {
    const { after, timeout } = args;
    const most = args.count === undefined ? Infinity : wholeNumber("--count", args.count, 1, Number.MAX_SAFE_INTEGER);
    const expected = args.until === undefined ? undefined : expectationFrom(args.until);
    const timeoutMs = timeout === undefined ? Infinity : durationFrom("timeout", timeout);
    const seen = new Seen();
    let count = 0;
    const following = clientFrom(args).followEvents({
      ...(args.kinds !== undefined && { kinds: kindsFrom(args.kinds) }),
      ...(after !== undefined && { after: wholeNumber("--after", after, 0, Number.MAX_SAFE_INTEGER) }),
      ...(args.reveal !== undefined && { reveal: "device" }),
      signal: AbortSignal.timeout(patience(timeoutMs)),
    });
    for await (const event of following) {
      if (args.json === true) output.json(event);
      else output.result(eventLine(event));
      if (expected?.(event) === true) return EXIT.done;
      seen.add(event);
      count += 1;
      if (count >= most) return expected === undefined ? EXIT.done : EXIT.expectationFailed;
    }
    if (expected === undefined && most === Infinity) return EXIT.done;
    throw new EmulatorError("E_TIMEOUT", `--timeout ${timeout ?? ""} has passed, ${seen.instead()}`);
  },
});

function kindsFrom(words: readonly string[]) {
  return words
    .flatMap((word) => word.split(","))
    .map((word) => {
      const kind = EVENT_KINDS.find((each) => each === word.trim());
      if (kind !== undefined) return kind;
      const message = `--kinds: found ${word}, expected ${anyOf(EVENT_KINDS)}${suggestion(word, EVENT_KINDS)}`;
      throw new UsageError("E_USAGE", message);
    });
}
