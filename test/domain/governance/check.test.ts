import { expect, test } from "vitest";
import { type CheckReportInput, parseCheckReport } from "../../../src/domain/governance/check.js";
import { refusalOf } from "../../support/refusal.js";
import { AT } from "./promotions.js";

const BIAS: CheckReportInput = { name: "bias", status: "PASSED" };

test("what is not given is null", () => {
  expect(parseCheckReport("input", { ...BIAS, evidence: null })).toEqual({
    ...BIAS,
    summary: null,
    url: null,
    evidence: null,
    expiresAt: null,
  });
});

test("keeps what is given", () => {
  const whole = {
    ...BIAS,
    summary: "All groups\nare within 2 %",
    url: "https://ci.test/runs/7?tab=bias#summary",
    evidence: { groups: [1, 2] },
    expiresAt: AT,
  };
  expect(parseCheckReport("input", whole)).toEqual(whole);
  expect(parseCheckReport("input", { ...whole, url: "HTTP://ci.test" }).url).toBe("http://ci.test");
});

test.each<[Partial<CheckReportInput>, string]>([
  [{ name: "" }, "input.name"],
  [{ name: "x".repeat(251) }, "input.name"],
  [{ summary: "x".repeat(5_001) }, "input.summary"],
  [{ summary: "\u202e" }, "input.summary"],
  [{ evidence: "text" }, "input.evidence"],
  [{ evidence: { text: "x".repeat(100_000) } }, "input.evidence"],
  [{ expiresAt: new Date(-1) }, "input.expiresAt"],
  [{ url: "" }, "input.url"],
  [{ url: "javascript:alert(1)" }, "input.url"],
  [{ url: "ftp://ci.test/" }, "input.url"],
  [{ url: "https:ci.test" }, "input.url"],
  [{ url: "https://" }, "input.url"],
  [{ url: "https://user:secret@ci.test/" }, "input.url"],
  [{ url: "https://user%3Asecret%40ci.test/" }, "input.url"],
  [{ url: "https://ci.test:99999/" }, "input.url"],
  [{ url: "https://ci.test/?token=secret" }, "input.url"],
  [{ url: `https://ci.test/${"x".repeat(2_000)}` }, "input.url"],
])("%j is refused", (other, field) => {
  expect(refusalOf(() => parseCheckReport("input", { ...BIAS, ...other })).field).toBe(field);
});
