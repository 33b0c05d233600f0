import * as fc from "fast-check";
import { expect, test } from "vitest";
import { policyTypeOf } from "../../src/activesync/constants.ts";
import {
  decodeProvisionRequest,
  decodeProvisionResponse,
  encodeProvisionRequest,
  encodeProvisionResponse,
} from "../../src/activesync/provision.ts";
import type { ProvisionRequest, ProvisionResponse } from "../../src/activesync/provision.ts";
import { decodeWbxml } from "../../src/activesync/wbxml-reader.ts";
import { ProtocolError } from "../../src/errors.ts";
import { provisionRequest, provisionResponse } from "../support/activesync-arbitraries.ts";
import { document } from "../support/activesync-bytes.ts";
import { vector } from "../support/activesync-vectors.ts";
import { toXml } from "../support/activesync-xml.ts";

test.each<[string, ProvisionRequest]>([
  ["provision-req-1", { policyType: policyTypeOf(12.1) }],
  ["provision-req-2", { policyType: policyTypeOf(12.1), policyKey: "1307199584", status: 1 }],
])("reads and writes the request %s", (id, request) => {
  expect(decodeProvisionRequest(vector(id))).toStrictEqual(request);
  expect(encodeProvisionRequest(request)).toEqual(vector(id));
});

test.each<[string, ProvisionResponse, string]>([
  [
    "the policy",
    { status: 1, policyType: "T", policyStatus: 1, policyKey: "7", policy: { devicePasswordEnabled: false } },
    "<Status>1</Status><Policies><Policy><PolicyType>T</PolicyType><Status>1</Status><PolicyKey>7</PolicyKey>" +
      "<Data><EASProvisionDoc><DevicePasswordEnabled>0</DevicePasswordEnabled></EASProvisionDoc></Data></Policy></Policies>",
  ],
  [
    "the policy of 2.5, a text",
    { status: 1, policyType: "T", policyStatus: 1, policyKey: "7", policy: { xml: "{}" } },
    "<Status>1</Status><Policies><Policy><PolicyType>T</PolicyType><Status>1</Status><PolicyKey>7</PolicyKey>" +
      "<Data>{}</Data></Policy></Policies>",
  ],
  [
    "the answer to the acknowledgement",
    { status: 1, policyType: "T", policyStatus: 1, policyKey: "8" },
    "<Status>1</Status><Policies><Policy><PolicyType>T</PolicyType><Status>1</Status><PolicyKey>8</PolicyKey></Policy></Policies>",
  ],
  [
    "a refusal of the policy",
    { status: 1, policyType: "T", policyStatus: 5 },
    "<Status>1</Status><Policies><Policy><PolicyType>T</PolicyType><Status>5</Status></Policy></Policies>",
  ],
  ["a refusal of the request", { status: 2 }, "<Status>2</Status>"],
])("writes and reads %s", (_, response, inner) => {
  const bytes = encodeProvisionResponse(response);
  expect(toXml(decodeWbxml(bytes).root)).toBe(`<Provision>${inner}</Provision>`);
  expect(decodeProvisionResponse(bytes)).toStrictEqual(response);
});

test("a policy that does not speak of passwords demands none", () => {
  const bytes = document("00 0E 45 4B 03 31 00 01 46 47 4A 0D 01 01 01 01");
  expect(decodeProvisionResponse(bytes)).toStrictEqual({ status: 1, policy: { devicePasswordEnabled: false } });
});

test("passes over what stands beside the policies", () => {
  const request = "00 0E 45 00 12 16 00 0E 46 47 48 03 54 00 01 01 01 01";
  expect(decodeProvisionRequest(document(request))).toStrictEqual({ policyType: "T" });
});

test.each([
  ["00 0E 05", "Provision without Policies (byte 6)"],
  ["00 0E 45 06 01", "Policies without Policy (byte 7)"],
  ["00 0E 45 46 07 01 01", "Policy without PolicyType (byte 8)"],
  ["00 0E 45 46 47 48 03 54 00 01 4B 03 78 00 01 01 01 01", 'Status with "x"'],
])("refuses the request %s", (body, message) => {
  expect(() => decodeProvisionRequest(document(body))).toThrow(message);
});

test.each([
  ["00 0E 05", "Provision without Status"],
  ["00 0E 45 4B 03 31 00 01 06 01", "Policies without Policy"],
  ["00 0E 45 4B 03 31 00 01 46 47 4A 05 01 01 01 01", "Data with something else than text"],
])("refuses the response %s", (body, message) => {
  expect(() => decodeProvisionResponse(document(body))).toThrow(message);
});

test("no bytes are neither request nor response", () => {
  expect(() => decodeProvisionRequest(new Uint8Array())).toThrow(ProtocolError);
  expect(() => decodeProvisionResponse(new Uint8Array())).toThrow(ProtocolError);
});

test("what the writers write is read back as it was", () => {
  fc.assert(
    fc.property(provisionRequest, provisionResponse, (request, response) => {
      expect(decodeProvisionRequest(encodeProvisionRequest(request))).toEqual(request);
      expect(decodeProvisionResponse(encodeProvisionResponse(response))).toEqual(response);
    }),
  );
});
