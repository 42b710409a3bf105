import type { RuleResult } from "../../domain/governance/decision.js";
import { nameOfKind } from "../../domain/governance/rule-table.js";
import type { ReportedPromotion, ReportedRequest } from "../../domain/reports/reported-promotion.js";
import { encodeGlobalId } from "../../domain/values/global-id.js";
import type { ReportFormat } from "./report-format.js";

const FORMAT = "shelfmark-promotion-report-v1";

/** JSON lines: a head, a line for each promotion with the names of the GraphQL schema, and the number of them. */
export const JSON_LINES: ReportFormat = {
  head: ({ logId, madeAt, filter, revision, hash, at, compactedRevision }) => [
    toJson({ format: FORMAT, logId, madeAt, filter, head: { revision, hash, at }, compactedRevision }),
  ],
  promotion: (promotion) => [toJson(toPlain(promotion))],
  end: (count) => [toJson({ end: true, promotions: count })],
};

function toPlain({ modelId, versionId, decision, request, ...line }: ReportedPromotion): object {
  return {
    ...line,
    modelId: encodeGlobalId("Model", modelId),
    modelVersionId: encodeGlobalId("ModelVersion", versionId),
    decision: decision && { ...decision, rules: decision.rules.map(withName) },
    request: request && toPlainRequest(request),
  };
}

function toPlainRequest({ id, ...request }: ReportedRequest): object {
  return { requestId: encodeGlobalId("PromotionRequest", id), ...request };
}

function withName(rule: RuleResult): object {
  return { ...rule, kind: nameOfKind(rule.kind) };
}

/** Revisions are whole numbers below 2^53. What is no JSON number is text, as the scalar MetricValue has it. */
function toJson(value: object): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return Number(member);
    return typeof member === "number" && !Number.isFinite(member) ? String(member) : member;
  });
}
