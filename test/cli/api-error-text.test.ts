import { expect, test } from "vitest";
import { apiErrorText } from "../../src/cli/api-error-text.ts";
import { ApiError } from "../../src/errors.ts";

test.each([
  [[{ pointer: "#/condition/idleTimeout", detail: "found 2" }], "idleTimeout: found 2"],
  [[{ pointer: "#/condition/match/share", detail: "found 2" }], "match.share: found 2"],
  [[{ pointer: "#/condition/delay", detail: "delay is missing" }], "delay is missing"],
  [
    [
      { pointer: "#/hop", detail: "found 2" },
      { pointer: "#", detail: "found 3" },
    ],
    "hop: found 2\nfound 3",
  ],
  [
    [{ pointer: "#/listeners/0/profile", file: "idlewall.yaml", line: 15, column: 14, detail: "found 2" }],
    "idlewall.yaml:15:14: found 2",
  ],
  [[{ parameter: "limit", detail: "found 2" }], "limit: found 2"],
])("the faults %j are told as %j", (errors, text) => {
  expect(apiErrorText(new ApiError(422, "all of it", errors))).toBe(text);
});

test.each([
  [401, "No. It stands in a file that --token-file or IDLEWALL_TOKEN_FILE names here, and --admin-token-file there."],
  [421, "No. A name may be asked that --admin-host has given to serve."],
  [404, "No."],
])("a refusal with %i says what to do about it", (status, text) => {
  expect(apiErrorText(new ApiError(status, "No.", []))).toBe(text);
});
