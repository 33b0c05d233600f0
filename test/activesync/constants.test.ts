import { expect, test } from "vitest";
import { COMMON_STATUSES, POLICY_STATUSES, PROTOCOL_VERSIONS, statusMeaning } from "../../src/activesync/constants.ts";

test.each([
  ["Ping", 1, "the interval is over, nothing changed"],
  ["Ping", 5, "the interval is out of range"],
  ["Sync", 14, "Wait or HeartbeatInterval is out of range"],
  ["FolderSync", 9, "the sync key does not match: start again from 0"],
  ["Provision", 2, "the request breaks the protocol"],
  ["Ping", 142, "the device must provision"],
  ["Search", 111, "the server failed; try again later"],
])("tells what %s Status %i means", (command, status, meaning) => {
  expect(statusMeaning(command, status)).toBe(meaning);
});

test.each([
  ["Ping", 9],
  ["Sync", 2],
  ["Search", 1],
  ["constructor", 1],
])("tells nothing of %s Status %i, which no table has", (command, status) => {
  expect(statusMeaning(command, status)).toBeUndefined();
});

test("the common statuses lie beyond those of any command, so that neither hides the other", () => {
  expect(Object.keys(COMMON_STATUSES).filter((status) => Number(status) <= 100)).toEqual([]);
  expect(POLICY_STATUSES[5]).toBe("the policy key does not match");
});

test("lists the protocol's versions from the oldest on", () => {
  expect(PROTOCOL_VERSIONS.toSorted((left, right) => Number(left) - Number(right))).toEqual(PROTOCOL_VERSIONS);
});
