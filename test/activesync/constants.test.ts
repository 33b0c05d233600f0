import { expect, test } from "vitest";
import { policyTypeOf, PROTOCOL_VERSIONS } from "../../src/activesync/constants.ts";

test.each([
  [2.5, "MS-WAP-Provisioning-XML"],
  [12, "MS-EAS-Provisioning-WBXML"],
  [16.1, "MS-EAS-Provisioning-WBXML"],
])("protocol %d has the policy type %s", (version, policyType) => {
  expect(policyTypeOf(version)).toBe(policyType);
});

test("lists the protocol's versions from the oldest on", () => {
  expect(PROTOCOL_VERSIONS.toSorted((left, right) => Number(left) - Number(right))).toEqual(PROTOCOL_VERSIONS);
});
