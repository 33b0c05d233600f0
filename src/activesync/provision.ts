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
  readonly policyType: string;
  /** 1 is success. */
  readonly policyStatus: number;
  readonly policyKey?: string;
}
