import {
  approvePolicyChange,
  cancelPolicyChange,
  rejectPolicyChange,
} from "../../registry/policy-changes/review-policy-change.js";
import { ApplyPolicyPayload, DeletePolicyPayload } from "../governance/policy-mutations.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";
import { nounPayload } from "../kit/mutations.js";
import { visibleRow } from "../kit/visible-rows.js";
import { PolicyChangeRequest } from "./policy-change-request.js";

builder.objectField(ApplyPolicyPayload, "changeRequest", (t) =>
  t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description:
      "The request in which the change of a protected policy waits for a second person. Null if the change took effect, if there is none, and after a dry run.",
    resolve: visibleRow("PolicyChangeRequest", ({ changeRequest }) => changeRequest),
  }),
);

builder.objectField(DeletePolicyPayload, "changeRequest", (t) =>
  t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description:
      "The request in which the deletion of a protected policy waits for a second person; null if the policy was deleted.",
    resolve: visibleRow("PolicyChangeRequest", ({ changeRequest }) => changeRequest),
  }),
);

const payloadOf = (name: string, description: string) =>
  nounPayload(`${name}Payload`, description, {
    name: "request",
    type: PolicyChangeRequest,
    node: "PolicyChangeRequest",
    description: "The request as it is now.",
  });
const ApprovePolicyChangePayload = payloadOf("ApprovePolicyChange", "What was approved, and took effect.");
const RejectPolicyChangePayload = payloadOf("RejectPolicyChange", "What was rejected.");
const CancelPolicyChangePayload = payloadOf("CancelPolicyChange", "What was taken back.");

const COMMENT = "A comment in Markdown, at most 10 000 characters.";
const REQUEST_ID = "The request's global id.";
const RIGHTS = "Requires `policies:write` and a token without a `models` claim.";

builder.mutationFields((t) => ({
  approvePolicyChange: t.fieldWithInput({
    type: ApprovePolicyChangePayload,
    description: `Approves a change of a protected policy, which takes effect at once. Whoever proposed it cannot, with whatever token: \`FORBIDDEN\`. \`CONFLICT\` if the policy has another revision by now, and for what \`applyPolicy\` would refuse now. ${RIGHTS}`,
    input: {
      request: t.input.id({ required: true, description: REQUEST_ID }),
      comment: t.input.string({ description: COMMENT }),
    },
    resolve: (_root, { input }, { commands }) => approvePolicyChange(commands, withRowId(input)),
  }),
  rejectPolicyChange: t.fieldWithInput({
    type: RejectPolicyChangePayload,
    description: `Rejects a change of a protected policy, which closes the request. Whoever proposed it cancels it instead. ${RIGHTS}`,
    input: {
      request: t.input.id({ required: true, description: REQUEST_ID }),
      comment: t.input.string({ description: COMMENT }),
    },
    resolve: (_root, { input }, { commands }) => rejectPolicyChange(commands, withRowId(input)),
  }),
  cancelPolicyChange: t.fieldWithInput({
    type: CancelPolicyChangePayload,
    description: `Takes a proposed change of a protected policy back. For whoever proposed it; others reject it. ${RIGHTS}`,
    input: { request: t.input.id({ required: true, description: REQUEST_ID }) },
    resolve: (_root, { input }, { commands }) => cancelPolicyChange(commands, withRowId(input)),
  }),
}));

function withRowId<Input extends { readonly request: string }>(input: Input): Input {
  return { ...input, request: parseId("input.request", input.request, "PolicyChangeRequest") };
}
