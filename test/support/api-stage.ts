import assert from "node:assert/strict";
import { type Client, connect } from "../../src/client/client.ts";
import { type Admin, type AdminSettings, startAdmin } from "../../src/control/admin.ts";
import { describedOperation } from "../../src/control/api/openapi.ts";
import type { Operation } from "../../src/control/api/operation.ts";
import { OPERATIONS } from "../../src/control/api/operations.ts";
import { problemSchema } from "../../src/control/api/schemas.ts";
import type { ApiSubject } from "../../src/control/api/subject.ts";
import { deviceHash } from "../../src/live/device-hash.ts";
import type { EmulatorOptions } from "../../src/live/emulator-core.ts";
import { shippedNames, shippedProfile } from "../../src/live/profile-files.ts";
import { type EmulatorStage, planOf, setEmulatorStage } from "./emulator-stage.ts";

/** An emulator with its API on a real port, for one test; all of it ends with the test. */
export interface ApiStage extends AsyncDisposable {
  readonly stage: EmulatorStage;
  readonly admin: Admin;
  readonly client: Client;
  /** Faults that were answered with 500. */
  readonly faults: readonly unknown[];
  /** Asks below `/api/v1`; a body that is no text is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
}

/** An answer, read. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` when there is no body. */
  readonly body: unknown;
}

/** What a stage can have otherwise. */
export interface ApiStageSettings {
  readonly plan?: Parameters<typeof setEmulatorStage>[0];
  readonly emulator?: Partial<EmulatorOptions>;
  readonly subject?: Partial<ApiSubject>;
  readonly admin?: Partial<AdminSettings>;
}

/** Sets a stage on which time stands until it is started. */
export async function setApiStage(settings: ApiStageSettings = {}): Promise<ApiStage> {
  const stage = await setEmulatorStage(settings.plan ?? ((target) => planOf(target)), settings.emulator);
  const faults: unknown[] = [];
  const admin = await startAdmin(
    { host: "127.0.0.1", port: 0, ...settings.admin },
    {
      version: "0.0.0",
      ready: () => true,
      exposeMetrics: () => Promise.resolve({ contentType: "text/plain", body: "" }),
      reportFault: (fault) => faults.push(fault),
      api: {
        emulator: stage.emulator.as("api"),
        ready: () => true,
        profileNames: shippedNames,
        profile: shippedProfile,
        deviceHash,
        ...settings.subject,
      },
    },
  );
  return {
    stage,
    admin,
    faults,
    client: connect({ url: admin.url, token: settings.admin?.token }),
    ask: (...asked) => askApi(admin.url, ...asked),
    [Symbol.asyncDispose]: async () => {
      await admin.close();
      await stage[Symbol.asyncDispose]();
    },
  };
}

async function askApi(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const read: unknown = text === "" ? undefined : JSON.parse(text);
  checkAnswer(method, path, answer.status, read);
  return { status: answer.status, headers: answer.headers, body: read };
}

/** Holds every answer to what the API describes: its status, and the schema of its body. */
function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const operation = OPERATIONS.find((each) => each.method.toUpperCase() === method && matches(each, path));
  if (operation !== undefined) {
    const { responses } = describedOperation(operation);
    assert.ok(`${status}` in responses, `${method} ${path} answered ${status}, which is described nowhere`);
  }
  const schema = status < 400 ? operation?.answers[status]?.schema : problemSchema;
  const { success = body === undefined || path === "/openapi.json", error } = schema?.safeParse(body) ?? {};
  assert.ok(success, `${method} ${path} answered ${status} with what it does not say: ${String(error)}`);
}

function matches(operation: Operation, path: string): boolean {
  const pattern = operation.path.replaceAll(/\{\w+\}/gu, "[^/]+");
  return new RegExp(`^${pattern}$`, "u").test(path.split("?")[0] ?? "");
}
