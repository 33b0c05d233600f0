import { PAGE } from "./code-pages.ts";
import { readRoot } from "./element-reader.ts";
import type { ElementReader } from "./element-reader.ts";
import { PageWriter } from "./page-writer.ts";
import { encodeWbxml } from "./wbxml-writer.ts";
import type { WbxmlElement } from "./wbxml.ts";

/** What a Provision asks: the policy (no key), or the acknowledgement of one (key and status). */
export interface ProvisionRequest {
  /** `MS-EAS-Provisioning-WBXML` from 12.0, `MS-WAP-Provisioning-XML` in 2.5. */
  readonly policyType: string;
  readonly policyKey?: string;
  /** The device's word on the policy it acknowledges; 1 is success. */
  readonly status?: number;
}

/** What a Provision is answered. */
export interface ProvisionResponse {
  /** 1 is success. */
  readonly status: number;
  /** Absent, and `policyStatus` too, when the server refuses before it looks at a policy. */
  readonly policyType?: string;
  /** 1 is success. */
  readonly policyStatus?: number;
  readonly policyKey?: string;
  /** The policy itself, in the answer to the first phase; the answer to the acknowledgement has none. */
  readonly policy?: Policy;
}

/** What a server demands of a device: one element of it, or, in 2.5, an XML text. */
export type Policy = { readonly devicePasswordEnabled: boolean } | { readonly xml: string };

/**
 * Reads the body of a Provision request, elements in any order; DeviceInformation and RemoteWipe are passed over.
 * Source: MS-ASPROV 2.2.2.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them.
 */
export function decodeProvisionRequest(bytes: Uint8Array): ProvisionRequest {
  const policy = readRoot(bytes, PAGE.provision, "Provision").need("Policies").need("Policy");
  return {
    policyType: policy.need("PolicyType").text(),
    ...policy.optional("PolicyKey", (key) => ({ policyKey: key.text() })),
    ...policy.optional("Status", (status) => ({ status: status.count() })),
  };
}

/** Writes the body of a Provision request. */
export function encodeProvisionRequest(request: ProvisionRequest): Uint8Array {
  const policy = [
    ...page.field("PolicyType", request.policyType),
    ...page.field("PolicyKey", request.policyKey),
    ...page.field("Status", request.status),
  ];
  return encodeWbxml(page.element("Provision", [policies(policy)]));
}

/**
 * Reads the body of a Provision response, elements in any order. A policy that does not name DevicePasswordEnabled
 * demands no password.
 * Source: MS-ASPROV 2.2.2.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them.
 */
export function decodeProvisionResponse(bytes: Uint8Array): ProvisionResponse {
  const root = readRoot(bytes, PAGE.provision, "Provision");
  const policy = root.find("Policies")?.need("Policy");
  return { status: root.need("Status").count(), ...(policy === undefined ? {} : readPolicy(policy)) };
}

/** Writes the body of a Provision response. */
export function encodeProvisionResponse(response: ProvisionResponse): Uint8Array {
  const policy = [
    ...page.field("PolicyType", response.policyType),
    ...page.field("Status", response.policyStatus),
    ...page.field("PolicyKey", response.policyKey),
    ...(response.policy === undefined ? [] : dataOf(response.policy)),
  ];
  const content = [...page.field("Status", response.status), ...(policy.length === 0 ? [] : [policies(policy)])];
  return encodeWbxml(page.element("Provision", content));
}

const page = new PageWriter(PAGE.provision);

function policies(policy: readonly WbxmlElement[]): WbxmlElement {
  return page.element("Policies", [page.element("Policy", policy)]);
}

function readPolicy(policy: ElementReader): Omit<ProvisionResponse, "status"> {
  return {
    ...policy.optional("PolicyType", (type) => ({ policyType: type.text() })),
    ...policy.optional("Status", (status) => ({ policyStatus: status.count() })),
    ...policy.optional("PolicyKey", (key) => ({ policyKey: key.text() })),
    ...policy.optional("Data", (data) => ({ policy: readData(data) })),
  };
}

function readData(data: ElementReader): Policy {
  const provisions = data.find("EASProvisionDoc");
  if (provisions === undefined) return { xml: data.text() };
  return { devicePasswordEnabled: provisions.find("DevicePasswordEnabled")?.flag() ?? false };
}

function dataOf(policy: Policy): readonly WbxmlElement[] {
  if ("xml" in policy) return page.field("Data", policy.xml);
  const enabled = page.field("DevicePasswordEnabled", policy.devicePasswordEnabled ? 1 : 0);
  return [page.element("Data", [page.element("EASProvisionDoc", enabled)])];
}
