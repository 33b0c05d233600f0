import { expect, test } from "vitest";
import { Policies } from "../../src/heartbeat/policies.ts";

const WBXML = "MS-EAS-Provisioning-WBXML";
const XML = "MS-WAP-Provisioning-XML";

test("puts the policy in force in two phases, each with a key of its own", () => {
  const policies = new Policies(10);
  expect(policies.inForce("d1")).toBe(false);
  const asked = policies.provision("d1", 12.1, { policyType: WBXML });
  expect(asked).toEqual({ status: 1, policyType: WBXML, policyStatus: 1, policyKey: "1" });
  expect(policies.inForce("d1")).toBe(false);
  const acknowledged = policies.provision("d1", 12.1, { policyType: WBXML, policyKey: "1", status: 1 });
  expect(acknowledged).toEqual({ status: 1, policyType: WBXML, policyStatus: 1, policyKey: "2" });
  expect(policies.inForce("d1")).toBe(true);
});

test("a device that does not say that it obeys gets no key and no policy", () => {
  const policies = new Policies(10);
  policies.provision("d1", 12.1, { policyType: WBXML });
  for (const status of [{}, { status: 3 }]) {
    const answer = policies.provision("d1", 12.1, { policyType: WBXML, policyKey: "1", ...status });
    expect(answer).toEqual({ status: 1, policyType: WBXML, policyStatus: 1 });
    expect(policies.inForce("d1")).toBe(false);
  }
});

test("a wrong key is Policy Status 5", () => {
  const policies = new Policies(10);
  const acknowledgement = { policyType: WBXML, policyKey: "9", status: 1 };
  expect(policies.provision("d1", 12.1, acknowledgement)).toMatchObject({ policyStatus: 5 });
  policies.provision("d1", 12.1, { policyType: WBXML });
  expect(policies.provision("d1", 12.1, acknowledgement)).toMatchObject({ policyStatus: 5 });
});

test.each([
  [2.5, XML, 1],
  [2.5, WBXML, 3],
  [12, WBXML, 1],
  [12, XML, 3],
])("protocol %d and policy type %s is Policy Status %i", (version, policyType, policyStatus) => {
  expect(new Policies(10).provision("d1", version, { policyType })).toMatchObject({ policyType, policyStatus });
});

test("remembers the devices heard of last", () => {
  const policies = new Policies(2);
  for (const device of ["d1", "d2"]) {
    const { policyKey = "" } = policies.provision(device, 14, { policyType: WBXML });
    policies.provision(device, 14, { policyType: WBXML, policyKey, status: 1 });
  }
  expect(policies.inForce("d1")).toBe(true);
  policies.provision("d3", 14, { policyType: WBXML });
  expect(["d1", "d2", "d3"].map((device) => policies.inForce(device))).toEqual([true, false, false]);
});
