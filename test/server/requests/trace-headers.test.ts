import { expect, test } from "vitest";
import { traceHeadersOf } from "../../../src/server/requests/trace-headers.js";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test.each([
  ["nothing", undefined, null],
  ["something else than an object", "traceparent", null],
  ["a trace", { traceparent }, { traceparent }],
  ["a trace and its state", { traceparent, tracestate: "a=b" }, { traceparent, tracestate: "a=b" }],
  ["a state without a trace", { tracestate: "a=b" }, null],
  ["other headers", { traceparent, junk: "x".repeat(60_000) }, { traceparent }],
  ["an overlong trace", { traceparent: "x".repeat(60_000) }, null],
  ["an overlong state", { traceparent, tracestate: "x".repeat(60_000) }, { traceparent }],
])("keeps of %s only trace headers of a bounded length", (_, carrier, kept) => {
  expect(traceHeadersOf(carrier)).toEqual(kept);
});
