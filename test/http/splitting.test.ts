import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { HttpLimits } from "../../src/http/limits.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { ResponseObserver } from "../../src/http/response-observer.ts";
import {
  LAST_RESPONSE,
  type Made,
  type MadeResponse,
  MUTATE,
  OPAQUE,
  PLACES,
  REQUESTS,
  RESPONSES,
  SWITCH_RESPONSE,
  UPGRADE_REQUEST,
} from "./generated.ts";
import { byteByByte, bytesOf, latin1, type Listener, observe, splitAt, type Told } from "./observing.ts";
import type { RequestHead, ResponseHead } from "../../src/http/message.ts";

const RUNS = { numRuns: 200 };

/**
 * Limits that hostile streams reach. How much waits behind an upgrade depends on when that is answered, so on the
 * splitting: that limit is out of reach here.
 */
const TIGHT: HttpLimits = {
  startLineBytes: 60,
  headBytes: 200,
  fieldCount: 6,
  chunkLineBytes: 30,
  trailerBytes: 60,
  upgradeBytes: 10_000,
};

/** The most that may be held: a head with the empty line before it. */
const MOST_HELD = 202;

interface RequestOptions {
  readonly limits?: HttpLimits;
  /** How each upgrade asked for is answered, in order; those beyond are refused. */
  readonly answers?: readonly boolean[];
}

/** Observes requests, answering upgrades as soon as they are asked for. */
function observeRequests(
  pieces: readonly Uint8Array[],
  { limits, answers = [] }: RequestOptions = {},
): Told<RequestHead> & { readonly mostHeld: number } {
  const observer = new RequestObserver(limits);
  let answered = 0;
  let mostHeld = 0;
  const afterPush = (listener: Listener<RequestHead>): void => {
    while (observer.state === "upgrade-pending") {
      listener.take(observer.resolveUpgrade(answers[answered] ?? false));
      answered += 1;
    }
    mostHeld = Math.max(mostHeld, observer.heldBytes);
  };
  return { ...observe(observer, pieces, { afterPush }), mostHeld };
}

function observeResponses(
  pieces: readonly Uint8Array[],
  requests: readonly { readonly method: string; readonly upgrade: boolean }[],
  limits?: HttpLimits,
): Told<ResponseHead> & { readonly mostHeld: number } {
  const observer = new ResponseObserver(limits);
  for (const request of requests) observer.expect(request);
  let mostHeld = 0;
  const afterPush = (): void => {
    mostHeld = Math.max(mostHeld, observer.heldBytes);
  };
  return { ...observe(observer, pieces, { afterPush }), mostHeld };
}

function join(made: readonly Made[], rest = ""): string {
  return made.map((message) => message.text).join("") + rest;
}

function asked(responses: readonly MadeResponse[]): readonly { method: string; upgrade: boolean }[] {
  return responses
    .filter((response) => response.status >= 200 || response.status === 101)
    .map(({ method, status }) => ({ method, upgrade: status === 101 }));
}

/** What must be told of messages, whatever pieces they come in. */
function summary(made: readonly Made[]): unknown {
  return made.map(({ body, framing, trailers }) => ({ body, framing, trailers }));
}

function summaryOf(told: Told<RequestHead | ResponseHead>): unknown {
  return told.messages.map(({ head, body, trailers }) => ({
    body,
    framing: head.framing.kind,
    trailers: trailers?.length,
  }));
}

/** Pieces of several kinds: whole, byte by byte, and split at the places. */
function splits(text: string, places: readonly number[]): readonly (readonly Uint8Array[])[] {
  const bytes = bytesOf(text);
  return [[bytes], byteByByte(bytes), splitAt(bytes, places)];
}

test("requests of every kind pass unchanged and are told the same, however they are split", () => {
  fc.assert(
    fc.property(REQUESTS, PLACES, (requests, places) => {
      for (const pieces of splits(join(requests), places)) {
        const told = observeRequests(pieces);
        expect(told).toMatchObject({ passed: join(requests), fault: undefined, disorder: undefined });
        expect(summaryOf(told)).toEqual(summary(requests));
        expect(told.messages.map(({ head }) => [head.method, head.target, head.upgrade])).toEqual(
          requests.map((request) => [request.method, request.target, request.upgrade]),
        );
      }
    }),
    RUNS,
  );
});

test("what follows an upgrade that is accepted passes unchanged, whatever it is", () => {
  fc.assert(
    fc.property(REQUESTS, UPGRADE_REQUEST, OPAQUE, PLACES, (requests, upgrade, opaque, places) => {
      const answers = [...requests.filter((request) => request.upgrade).map(() => false), true];
      const text = join([...requests, upgrade], opaque);
      for (const pieces of splits(text, places)) {
        const told = observeRequests(pieces, { answers });
        expect(told).toMatchObject({ passed: text, fault: undefined, disorder: undefined });
        expect(summaryOf(told)).toEqual(summary([...requests, upgrade]));
      }
    }),
    RUNS,
  );
});

test("responses of every kind pass unchanged and are told the same, however they are split", () => {
  fc.assert(
    fc.property(RESPONSES, fc.option(LAST_RESPONSE, { nil: undefined }), PLACES, (responses, last, places) => {
      const all = last === undefined ? responses : [...responses, last];
      for (const pieces of splits(join(all), places)) {
        const told = observeResponses(pieces, asked(all));
        expect(told).toMatchObject({ passed: join(all), fault: undefined, disorder: undefined });
        expect(summaryOf(told)).toEqual(summary(all));
        expect(told.messages.map(({ head }) => head.status)).toEqual(all.map((response) => response.status));
      }
    }),
    RUNS,
  );
});

test("what follows a switch of protocols passes unchanged, whatever it is", () => {
  fc.assert(
    fc.property(RESPONSES, SWITCH_RESPONSE, OPAQUE, PLACES, (responses, last, opaque, places) => {
      const all = [...responses, last];
      for (const pieces of splits(join(all, opaque), places)) {
        const told = observeResponses(pieces, asked(all));
        expect(told).toMatchObject({ passed: join(all, opaque), fault: undefined, disorder: undefined });
        expect(summaryOf(told)).toEqual(summary(all));
      }
    }),
    RUNS,
  );
});

const HOSTILE_BYTES = fc.uint8Array({ maxLength: 300 }).map((bytes) => latin1(bytes));

test("hostile requests are refused in the same place however they are split, and never held beyond the limits", () => {
  const spoilt = fc.tuple(REQUESTS, MUTATE).map(([requests, mutate]) => mutate(join(requests)));
  fc.assert(
    fc.property(fc.oneof(HOSTILE_BYTES, spoilt, spoilt), PLACES, (text, places) => {
      const [whole, ...others] = splits(text, places).map((pieces) => observeRequests(pieces, { limits: TIGHT }));
      expect(whole?.disorder).toBeUndefined();
      expect(text.startsWith(whole?.passed ?? "?")).toBe(true);
      expect(whole?.fault !== undefined || whole?.passed === text).toBe(true);
      for (const other of others) expect({ ...other, mostHeld: 0 }).toEqual({ ...whole, mostHeld: 0 });
      for (const told of [whole, ...others]) expect(told?.mostHeld).toBeLessThanOrEqual(MOST_HELD);
    }),
    { numRuns: 600 },
  );
});

test("hostile responses are refused in the same place however they are split, and never held beyond the limits", () => {
  const spoilt = fc.tuple(RESPONSES, MUTATE).map(([responses, mutate]) => ({
    text: mutate(join(responses)),
    requests: asked(responses),
  }));
  const noise = HOSTILE_BYTES.map((text) => ({ text, requests: [{ method: "GET", upgrade: true }] }));
  fc.assert(
    fc.property(fc.oneof(noise, spoilt, spoilt), PLACES, ({ text, requests }, places) => {
      const [whole, ...others] = splits(text, places).map((pieces) => observeResponses(pieces, requests, TIGHT));
      expect(whole?.disorder).toBeUndefined();
      expect(text.startsWith(whole?.passed ?? "?")).toBe(true);
      expect(whole?.fault !== undefined || whole?.passed === text).toBe(true);
      for (const other of others) expect({ ...other, mostHeld: 0 }).toEqual({ ...whole, mostHeld: 0 });
      for (const told of [whole, ...others]) expect(told?.mostHeld).toBeLessThanOrEqual(MOST_HELD);
    }),
    { numRuns: 600 },
  );
});
