import type { HopKind, ProfileCategory } from "../../path/hop.ts";
import { type Setting, repaired } from "./repair.ts";
import { type Exported, type ExportedHop, type Repair, refusal } from "./subject.ts";

/** A vendor whose products' time-outs a format sets. */
export interface Vendor {
  /** What matches a profile's `vendor`. */
  readonly called: RegExp;
  /** The first that matches a profile's `product` is the one. */
  readonly products: readonly Product[];
  /** What is set for a hop that names no product. */
  readonly usual: (kind: HopKind) => Setting;
}

/** One product, and what sets its time-out. */
export interface Product {
  /** With its vendor, for refusals. */
  readonly name: string;
  /** What matches a profile's `product`. */
  readonly called: RegExp;
  /** `"fixed"` where nobody can set it. */
  readonly setting: Setting | "fixed";
}

/** Profiles of these name who measured, advised or runs something, not the product that stands there. */
const OF_NO_PRODUCT: ReadonlySet<ProfileCategory | undefined> = new Set(["carrier", "chain", "reference", "standard"]);

/**
 * Sets the time-out of a vendor's products: of the very one that the profile names, or of the usual one where it names
 * none. A hop of another vendor is refused, and so is a product whose time-out these commands don't set.
 */
export function repairOf(vendor: Vendor): Repair {
  return (hop, idleTimeoutMs, purpose) => {
    const { category, product, kind } = hop;
    const named = hop.vendor !== undefined && !OF_NO_PRODUCT.has(category);
    if (named && !vendor.called.test(hop.vendor)) return foreign(vendor, hop);
    if (!named || product === undefined) return repaired(vendor.usual(kind), hop, idleTimeoutMs, purpose);
    const found = vendor.products.find(({ called }) => called.test(product));
    if (found === undefined) return foreign(vendor, hop);
    return found.setting === "fixed" ? fixed(found, hop) : repaired(found.setting, hop, idleTimeoutMs, purpose);
  };
}

/** Sets the time-out of the one product of a vendor that a format knows. */
export function repairOfOne(vendorCalled: RegExp, product: Product & { readonly setting: Setting }): Repair {
  return repairOf({ called: vendorCalled, products: [product], usual: () => product.setting });
}

function foreign({ products }: Vendor, hop: ExportedHop): Exported {
  const known = products.filter(({ setting }) => setting !== "fixed").map(({ name }) => name);
  return refusal(`found ${placeOf(hop)}, expected ${known.join(" or ")}, or a hop that names no product`);
}

function fixed({ name }: Product, hop: ExportedHop): Exported {
  const seconds = hop.idleTimeoutMs / 1000;
  return refusal(`found ${placeOf(hop)}, expected a time-out that can be set: the ${seconds} s of ${name} are fixed`);
}

function placeOf({ hop, profile, vendor, product }: ExportedHop): string {
  const names = [vendor, product].filter((name) => name !== undefined);
  return `hop ${hop} of ${profile} (${names.join(": ")})`;
}
