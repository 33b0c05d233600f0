import { expect, test } from "vitest";
import { CertificateError, EmulatorError, FileError, ProtocolError, StartError, UsageError } from "../../src/errors.ts";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import { errorText } from "../../src/cli/output.ts";

test.each([
  [new UsageError("E_USAGE", ""), 2],
  [new FileError("E_PROFILE_INVALID", "f", []), 2],
  [new UsageError("E_FILE_EXISTS", ""), 2],
  [new CertificateError("E_CERTIFICATE_INVALID", ""), 3],
  [new StartError("E_PORT_TAKEN", ""), 3],
  [new StartError("E_TARGET_UNTRUSTED", ""), 3],
  [new ProtocolError("", 0), 3],
  [new EmulatorError("E_MODEL_UNKNOWN", ""), 2],
  [new TypeError("oops"), 4],
  ["oops", 4],
  [undefined, 4],
])("%s ends a command with exit code %d", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("what is a fault of ours is told with the request to report it", () => {
  expect(errorText(new TypeError("oops"), false)).toMatch(/^TypeError: oops\n.*please report it/u);
  expect(errorText("oops", false)).toMatch(/^oops\n.*please report it/u);
  expect(errorText(new TypeError("oops", { cause: new Error("why") }), true)).toMatch(
    /please report it.*\nTypeError: oops\n\s+at .*(?:.*\n)+caused by Error: why/u,
  );
});

test("what a person must fix is told without anything about us", () => {
  expect(errorText(new UsageError("E_USAGE", "found a, expected b"), false)).toBe("found a, expected b");
});
