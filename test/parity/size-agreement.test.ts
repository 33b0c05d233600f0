import { expect, test } from "vitest";
import { AGREEING, expectAgreement } from "./size-agreement.ts";

/** The others take longer, and are among the system tests. */
const SHORT = AGREEING.slice(0, 3);

test.concurrent.each(SHORT)("size and a live proxy agree in five hours of %s", async (_, settings) => {
  const { requests } = await expectAgreement(settings, 5);
  expect(requests).toBeGreaterThan(30);
});
