import { policyTypeOf } from "../activesync/constants.ts";
import type { ProvisionRequest, ProvisionResponse } from "../activesync/provision.ts";
import { RecentMap } from "./recent-map.ts";

/**
 * Which devices have acknowledged the policy. It is asked for without a key and acknowledged with the key that came
 * with it (MS-ASPROV, two phases). The server remembers who did, since a Ping carries no policy key (MS-ASPROV,
 * X-MS-PolicyKey).
 */
export class Policies {
  readonly #devices: RecentMap<string, Acknowledgement>;
  #keysIssued = 0;

  /** `maxDevices` devices are remembered; one that was pushed out must provision again. */
  constructor(maxDevices: number) {
    this.#devices = new RecentMap(maxDevices);
  }

  /** Whether the device has acknowledged the policy. */
  inForce(device: string): boolean {
    const known = this.#devices.get(device);
    if (known === undefined) return false;
    this.#devices.set(device, known);
    return known.acknowledged;
  }

  /** Answers one phase; Policy Status 3 is an unknown type, 5 a wrong key (MS-ASPROV). */
  provision(device: string, protocolVersion: number, request: ProvisionRequest): ProvisionResponse {
    const { policyType, policyKey, status } = request;
    if (policyType !== policyTypeOf(protocolVersion)) return { status: 1, policyType, policyStatus: 3 };
    if (policyKey === undefined) return this.#issue(device, policyType, false);
    if (policyKey !== this.#devices.get(device)?.key) return { status: 1, policyType, policyStatus: 5 };
    if (status === 1) return this.#issue(device, policyType, true);
    return { status: 1, policyType, policyStatus: 1 };
  }

  /** What it goes on from, as a text, names of devices left out. */
  fingerprint(): string {
    return JSON.stringify([this.#keysIssued, [...this.#devices.values()]]);
  }

  #issue(device: string, policyType: string, acknowledged: boolean): ProvisionResponse {
    this.#keysIssued += 1;
    const policyKey = String(this.#keysIssued);
    this.#devices.set(device, { key: policyKey, acknowledged });
    return { status: 1, policyType, policyStatus: 1, policyKey };
  }
}

interface Acknowledgement {
  readonly key: string;
  readonly acknowledged: boolean;
}
