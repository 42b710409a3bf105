import { expect, test } from "vitest";
import { traceHeadersOf } from "../../../src/server/requests/trace-headers.js";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test.each([
  ["nothing", undefined, null],
  ["no object", "traceparent", null],
  ["a trace", { traceparent }, { traceparent }],
  ["a trace and its state", { traceparent, tracestate: "a=b" }, { traceparent, tracestate: "a=b" }],
  ["a state without a trace", { tracestate: "a=b" }, null],
  ["what else a client says", { traceparent, junk: "x".repeat(60_000) }, { traceparent }],
  ["a trace that is none", { traceparent: "x".repeat(60_000) }, null],
  ["a state that is none", { traceparent, tracestate: "x".repeat(60_000) }, { traceparent }],
])("of %s no more is kept than a trace has", (_, told, kept) => {
  expect(traceHeadersOf(told)).toEqual(kept);
});
