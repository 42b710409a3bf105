import type { Actor } from "../../domain/access/actor.js";
import { nameOfKind } from "../../domain/governance/rule-table.js";
import type { ReportFilter } from "../../domain/reports/report-filter.js";
import type { OverrideReview, ReportedMetric, ReportedPromotion } from "../../domain/reports/reported-promotion.js";
import { codeSpan } from "./code-span.js";
import type { ReportFormat, ReportHead } from "./report-format.js";
import { durationText, metricName, plural, valuesText } from "./report-text.js";

const VERIFY_SENTENCES = [
  "Each promotion names the revision and the hash of its event. Run `shelfmark audit verify` on this registry: it proves that the events are those that were written, and prints the hash of the head, which must be the one above if nothing was written since.",
  "What the event holds is proven by it: who, when, why, from which stage, the policies and the rules with their evidence, and the override. Everything else is read from other tables when the report is made: how long a version served, which version was there before, the request and its reviews, who acknowledged an override, metrics as of now, and datasets.",
  "After `shelfmark events compact` the registry no longer has the event. The proof is then the archived segment that holds its revision: `shelfmark audit verify --file ARCHIVE --log`.",
];

/** A document for people: a section for each promotion. Whatever users wrote is in code spans. */
export const MARKDOWN: ReportFormat = {
  head: headLines,
  promotion: (line) => [
    `## Revision ${line.revision}: ${modelText(line)} version ${line.versionNumber} to ${targetText(line)}`,
    "",
    ...moveLines(line),
    ...decisionLines(line),
    ...requestLines(line),
    ...metricLines(line),
    ...dataLines(line),
    ...serviceLines(line),
    ...proofLines(line),
    "",
  ],
  end: (count) => ["---", "", `End of the report: ${plural(count, "promotion")}.`],
};

function headLines({ logId, madeAt, filter, revision, hash, at, compactedRevision }: ReportHead): string[] {
  const { from, to } = filter;
  return [
    "# Promotion report",
    "",
    `- Registry: the log \`${logId}\``,
    `- Made: ${madeAt.toISOString()}`,
    `- Range: from ${from ? `${from.toISOString()} (inclusive)` : "the beginning"} to ${to ? `${to.toISOString()} (exclusive)` : "the time it was made"}`,
    `- Promotions: ${describeFilter(filter)}`,
    `- Head of the log: revision ${revision} of ${at.toISOString()}, hash \`${hash}\``,
    `- Compacted: ${compactedRevision === 0n ? "nothing" : `all events up to revision ${compactedRevision}`}`,
    "",
    ...VERIFY_SENTENCES.flatMap((sentence) => [sentence, ""]),
  ];
}

function describeFilter({ models, stages, aliases, overridden, heldBefore }: ReportFilter): string {
  const targets = [...(stages ?? []), ...(aliases ?? []).map((alias) => `the alias ${codeSpan(alias)}`)];
  const parts = [
    models ? `of models named ${models.map(codeSpan).join(" or ")}, now or when they were promoted` : "of all models",
    stages || aliases ? `to ${targets.join(", ")}` : "to STAGING, PRODUCTION and all aliases",
    ...(overridden ? ["only where policies were overridden"] : []),
    ...(heldBefore ? ["only of versions that had held the target before"] : []),
  ];
  return parts.join("; ");
}

function modelText({ modelName, currentModelName }: ReportedPromotion): string {
  if (modelName === null) return `${codeSpan(currentModelName)} (its name now)`;
  return modelName === currentModelName
    ? codeSpan(modelName)
    : `${codeSpan(modelName)} (now ${codeSpan(currentModelName)})`;
}

function targetText({ stage, alias }: ReportedPromotion): string {
  return stage ?? `the alias ${codeSpan(alias ?? "")}`;
}

function moveLines(line: ReportedPromotion): string[] {
  const { at, actor, decision, reason, fromStage, previousVersionNumber: previous, heldBefore, digest } = line;
  const before = previous === null ? "no version" : `version ${previous}`;
  return [
    `- When: ${at.toISOString()}`,
    `- Moved by: ${actorText(actor)}${decision?.onBehalfOf ? `, on behalf of ${actorText(decision.onBehalfOf)}` : ""}`,
    `- Reason: ${reason === null ? "none given" : codeSpan(reason)}`,
    ...(fromStage === null ? [] : [`- It came from: ${fromStage}`]),
    `- Held ${line.stage ?? "the alias"} before: ${before}${heldBefore ? "; this version had held it earlier" : ""}`,
    `- Digest of the artifacts: ${digest === null ? "none" : codeSpan(digest)}`,
  ];
}

function actorText({ name, subject, issuer, kind }: Actor): string {
  const who = `${kind === "USER" ? "user" : "machine"} ${codeSpan(subject)} of ${codeSpan(issuer)}`;
  return name === null ? who : `${codeSpan(name)} (${who})`;
}

function decisionLines({ decision }: ReportedPromotion): string[] {
  if (!decision) return ["- Policies: no policy guarded it"];
  const { policies, rules, overrideReason, isRollback } = decision;
  return [
    ...(isRollback ? ["- Rollback: yes"] : []),
    `- Policies: ${policies.map(({ name, revision, mode }) => `${codeSpan(name)} revision ${revision}, ${mode}`).join("; ")}`,
    ...rules.flatMap((rule) => [
      `  - **${rule.status}** ${codeSpan(rule.policy)} rule ${rule.position}, ${nameOfKind(rule.kind)}: ${codeSpan(rule.requirement)} ${codeSpan(rule.explanation)}`,
      ...rule.evidence.map(
        (each) =>
          `    - ${codeSpan(each.summary)}${each.author && each.kind !== "APPROVAL" ? `, by ${codeSpan(each.author.subject)}` : ""}${each.at ? `, ${each.at}` : ""}`,
      ),
    ]),
    ...(overrideReason === null
      ? []
      : [`- **Overridden**: ${codeSpan(overrideReason)}`, `  - ${reviewText(decision.overrideReview)}`]),
  ];
}

function reviewText(review: OverrideReview | null): string {
  if (!review) return "nobody else has acknowledged it";
  const comment = review.comment === null ? "" : `: ${codeSpan(review.comment)}`;
  return `acknowledged by ${actorText(review.reviewer)}, ${review.at.toISOString()}${comment}`;
}

function requestLines({ request }: ReportedPromotion): string[] {
  if (!request) return [];
  const { requestedBy, createdAt, reason, round, reviews } = request;
  return [
    `- Requested by: ${actorText(requestedBy)}, ${createdAt.toISOString()}${reason === null ? "" : `: ${codeSpan(reason)}`}`,
    ...reviews.map((review) => {
      const verdict = review.verdict === "APPROVE" ? "Approved" : "Rejected";
      const old = review.round === round ? "" : `, round ${review.round}, which no longer counted`;
      const comment = review.comment === null ? "" : `: ${codeSpan(review.comment)}`;
      return `  - ${verdict} by ${actorText(review.reviewer)}, ${review.at.toISOString()}${old}${comment}`;
    }),
  ];
}

function metricLines({ metrics, runId, previousVersionNumber: previous }: ReportedPromotion): string[] {
  if (!metrics) return [];
  const against = previous === null ? "" : ` (against version ${previous})`;
  const list = (time: "recorded" | "current") =>
    metrics.flatMap((metric: ReportedMetric) => {
      const values = metric[time];
      return values ? [`${codeSpan(metricName(metric))} ${valuesText(values)}`] : [];
    });
  const [then, now] = [list("recorded"), list("current")];
  return [
    `- Metrics as recorded then${against}: ${then.join(", ") || "none; no rule looked at one"}`,
    `- Metrics as of now${against}: ${now.join(", ") || (runId === null ? "hidden" : "none")}`,
  ];
}

function dataLines({ datasets, runId }: ReportedPromotion): string[] {
  if (!datasets) return [];
  const list = datasets.map(
    ({ name, digest, context }) =>
      `${codeSpan(name)}, digest ${codeSpan(digest)}${context === null ? "" : ` (${codeSpan(context)})`}`,
  );
  return [`- Made by the run ${codeSpan(runId ?? "")} from: ${list.join("; ") || "no dataset that it named"}`];
}

function serviceLines(line: ReportedPromotion): string[] {
  const { served, left, next } = line;
  const { from, until, seconds } = served;
  const end = until && seconds !== null ? `${until.toISOString()} (${durationText(seconds)})` : "now";
  const where = left?.toStage ? `moved to ${left.toStage}` : "taken off";
  return [
    `- Served: from ${from.toISOString()} until ${end}`,
    ...(left
      ? [`- Then ${where} by ${actorText(left.actor)}${left.reason === null ? "" : `: ${codeSpan(left.reason)}`}`]
      : []),
    ...(next
      ? [
          `- Next promotion to ${targetText(line)}: version ${next.versionNumber}, revision ${next.revision}${next.heldBefore ? ", a version that had held it before: **rolled back**" : ""}`,
        ]
      : []),
  ];
}

function proofLines({ revision, proof, notes }: ReportedPromotion): string[] {
  return [
    `- Proof: event ${revision}, hash ${proof.hash === null ? "not known" : `\`${proof.hash}\``}`,
    ...notes.map((note) => `- Note: ${note}`),
  ];
}
