import { expect, test } from "vitest";
import { AGREEING, expectAgreement } from "../parity/size-agreement.ts";

test.concurrent.each(AGREEING)("size and a live proxy agree in a day of %s", async (_, settings) => {
  const { requests } = await expectAgreement(settings, 24);
  expect(requests).toBeGreaterThan(150);
});
