import { reportCheck } from "../../registry/checks/report-check.js";
import { builder } from "../kit/builder.js";
import { IDEMPOTENCY_KEY, nounPayload } from "../kit/mutations.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { Check } from "./check.js";
import { CheckStatus } from "./rule-enums.js";

const ReportCheckPayload = nounPayload("ReportCheckPayload", "What was reported.", {
  name: "check",
  type: Check,
  node: "Check",
  description: "The check.",
});

builder.mutationField("reportCheck", (t) =>
  t.fieldWithInput({
    type: ReportCheckPayload,
    description:
      "Reports what a test suite, a scanner or a ticket system says about a version. Every report is kept; rules of policies look at the newest of a name. It is about the digest that the version has now. Requires `checks:write`.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      name: t.input.string({
        required: true,
        description: "What was checked, such as `bias-scan`: one line of at most 250 characters.",
      }),
      status: t.input.field({ type: CheckStatus, required: true, description: "The result." }),
      summary: t.input.string({ description: "The result in words, at most 5 000 characters." }),
      url: t.input.string({
        description:
          "Where the details are: an https or http URL of at most 2 000 characters, without user information.",
      }),
      evidence: t.input.field({ type: "JSON", description: "Details: an object or a list, at most 100 000 bytes." }),
      expiresAt: t.input.field({ type: "DateTime", description: "From when on it no longer counts. Default: never." }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      reportCheck(commands, { ...input, version: toVersionRef("input.version", input.version) }),
  }),
);
