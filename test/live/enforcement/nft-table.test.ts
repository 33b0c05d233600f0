import { expect, test } from "vitest";
import { type FlowTuple, tupleKey, tupleOf } from "../../../src/live/enforcement/flow-tuple.ts";
import { elementLines, readHeard } from "../../../src/live/enforcement/nft-table.ts";
import { Socket } from "node:net";

const OLD: FlowTuple = {
  family: 4,
  localAddress: "192.0.2.1",
  localPort: 443,
  remoteAddress: "198.51.100.7",
  remotePort: 50_000,
};
const NEW: FlowTuple = { ...OLD, family: 6, localAddress: "2001:db8::1", remoteAddress: "2001:db8::7" };

test("flows go into the set of their family, all of one family by one command", () => {
  expect(elementLines("t", "dropped", "add", [OLD, NEW, { ...OLD, remotePort: 50_001 }])).toEqual([
    "add element inet t dropped4 { 192.0.2.1 . 443 . 198.51.100.7 . 50000, 192.0.2.1 . 443 . 198.51.100.7 . 50001 }",
    "add element inet t dropped6 { 2001:db8::1 . 443 . 2001:db8::7 . 50000 }",
  ]);
});

test("a flow is taken out whether or not it is in the set: it is put in first", () => {
  const element = "element inet t rejected4 { 192.0.2.1 . 443 . 198.51.100.7 . 50000 }";
  expect(elementLines("t", "rejected", "delete", [OLD])).toEqual([`add ${element}`, `delete ${element}`]);
});

test("without flows there is nothing to do", () => {
  expect(elementLines("t", "dropped", "add", [])).toEqual([]);
});

test.each([
  [4, OLD, "0.0.0.0 . 0 . 0.0.0.0 . 0"],
  [6, NEW, ":: . 0 . :: . 0"],
])("what nft lists of IPv%i tells when a flow was heard, in ms since the table was made", (family, flow, mark) => {
  // The mark expires 3650 days after it was made, which was 90 s ago; the flow 60 days after it was heard, 30.5 s ago.
  const listing = `table inet t {
	set heard${family} {
		flags dynamic,timeout
		timeout 60d
		elements = { ${mark} timeout 3650d expires 3649d23h58m30s,
			     ${tupleKey(flow)} expires 59d23h59m29s500ms }
	}
}`;
  expect(readHeard(listing).get(tupleKey(flow))).toBe(59_500);
});

test("a listing without the mark tells nothing", () => {
  expect(readHeard(`elements = { ${tupleKey(OLD)} expires 59d }`).size).toBe(0);
});

test("a socket that is not connected has no four numbers", () => {
  expect(tupleOf(new Socket())).toBeUndefined();
});
