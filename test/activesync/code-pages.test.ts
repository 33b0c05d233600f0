import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { CODE_PAGES, PAGE, describeTag, tagName, tagToken } from "../../src/activesync/code-pages.ts";

test("has the 26 pages of MS-ASWBXML, each at the index of its number, with as many tags as its table", () => {
  expect(CODE_PAGES.map((page, index) => [page.number === index, page.name, page.names.size])).toEqual([
    [true, "AirSync", 37],
    [true, "Contacts", 54],
    [true, "Email", 45],
    [true, "AirNotify", 0],
    [true, "Calendar", 45],
    [true, "Move", 8],
    [true, "GetItemEstimate", 8],
    [true, "FolderHierarchy", 20],
    [true, "MeetingResponse", 12],
    [true, "Tasks", 30],
    [true, "ResolveRecipients", 25],
    [true, "ValidateCert", 6],
    [true, "Contacts2", 10],
    [true, "Ping", 9],
    [true, "Provision", 55],
    [true, "Search", 27],
    [true, "GAL", 14],
    [true, "AirSyncBase", 40],
    [true, "Settings", 38],
    [true, "DocumentLibrary", 8],
    [true, "ItemOperations", 21],
    [true, "ComposeMail", 18],
    [true, "Email2", 18],
    [true, "Notes", 5],
    [true, "RightsManagement", 20],
    [true, "Find", 22],
  ]);
});

test("has every tag of the published tables: the digest was made from them, not from this code", () => {
  const lines = CODE_PAGES.flatMap((page) =>
    [...page.names].map(([token, name]) => `${page.number} ${page.name} ${token} ${name}`),
  );
  expect(lines).toHaveLength(595);
  expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(
    "ce86c9eae46c0fe718fbca9961d760cb90a0e402c401d2bfa1878fa6c70c222f",
  );
});

test("finds every tag both ways, by a token that a tag's byte can hold", () => {
  const tags = CODE_PAGES.flatMap((page) =>
    [...page.names].map(([token, name]) => ({ page: page.number, token, name })),
  );
  expect(
    tags.filter(({ page, token, name }) => tagToken(page, name) !== token || tagName(page, token) !== name),
  ).toEqual([]);
  expect(tags.filter(({ token }) => token < 0x05 || token > 0x3f)).toEqual([]);
});

test.each([
  [PAGE.airSync, 0x05, "Sync"],
  [PAGE.airSync, 0x1f, "NotifyGUID"],
  [PAGE.airSync, 0x29, "HeartbeatInterval"],
  [PAGE.email, 0x14, "Subject"],
  [PAGE.folderHierarchy, 0x17, "Count"],
  [PAGE.ping, 0x06, "AutdState"],
  [PAGE.ping, 0x0d, "MaxFolders"],
  [PAGE.provision, 0x12, "DocumentBrowseEnabled"],
  [25, 0x05, "Find"],
])("page %i, token %i is %s", (page, token, name) => {
  expect(tagName(page, token)).toBe(name);
  expect(tagToken(page, name)).toBe(token);
});

test.each([
  [0, 0x2a],
  [0, 0x04],
  [3, 0x05],
  [26, 0x05],
  [255, 0x3f],
])("page %i, token %i has no name", (page, token) => {
  expect(tagName(page, token)).toBeUndefined();
});

test("a name belongs to its own page only", () => {
  expect(tagToken(PAGE.ping, "WindowSize")).toBeUndefined();
  expect(tagToken(99, "Ping")).toBeUndefined();
});

test("messages name a tag by page and name, or by number", () => {
  expect(describeTag(13, 0x08)).toBe("Ping:HeartbeatInterval");
  expect(describeTag(13, 0x3f)).toBe("page 13, token 0x3f");
  expect(describeTag(200, 0x05)).toBe("page 200, token 0x05");
});
