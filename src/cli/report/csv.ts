import { nameOfKind } from "../../domain/governance/rule-table.js";
import type { ReportedMetric, ReportedPromotion } from "../../domain/reports/reported-promotion.js";
import { csvCell } from "../../util/safe-text.js";
import type { ReportFormat } from "./report-format.js";
import { approversOf, metricName, nameOf, targetOf, valuesText } from "./report-text.js";

type Cell = string | number | bigint | boolean | Date | null | undefined;

/** The columns, in order. */
const COLUMNS: Record<string, (line: ReportedPromotion) => Cell> = {
  revision: ({ revision }) => revision,
  at: ({ at }) => at,
  model: ({ modelName }) => modelName,
  currentModelName: ({ currentModelName }) => currentModelName,
  version: ({ versionNumber }) => versionNumber,
  digest: ({ digest }) => digest,
  target: targetOf,
  fromStage: ({ fromStage }) => fromStage,
  previousVersion: ({ previousVersionNumber }) => previousVersionNumber,
  heldBefore: ({ heldBefore }) => heldBefore,
  actor: ({ actor }) => nameOf(actor),
  actorSubject: ({ actor }) => actor.subject,
  actorIssuer: ({ actor }) => actor.issuer,
  actorKind: ({ actor }) => actor.kind,
  onBehalfOf: ({ decision }) => decision?.onBehalfOf && nameOf(decision.onBehalfOf),
  reason: ({ reason }) => reason,
  policies: ({ decision }) =>
    decision?.policies.map(({ name, revision, mode }) => `${name} revision ${revision} ${mode}`).join("; "),
  rules: ({ decision }) =>
    decision?.rules.map(({ kind, status, explanation }) => `${status} ${nameOfKind(kind)}: ${explanation}`).join(" | "),
  override: ({ decision }) => decision?.overrideReason,
  overrideReviewedBy: ({ decision }) => decision?.overrideReview && nameOf(decision.overrideReview.reviewer),
  rollback: ({ decision }) => decision?.isRollback,
  requestedBy: ({ request }) => request && nameOf(request.requestedBy),
  approvedBy: (line) => approversOf(line).join("; "),
  metricsThen: ({ metrics }) => metricsCell(metrics, "recorded"),
  metricsNow: ({ metrics }) => metricsCell(metrics, "current"),
  datasets: ({ datasets }) => datasets?.map(({ name, digest }) => `${name} ${digest}`).join("; "),
  servedFrom: ({ served }) => served.from,
  servedUntil: ({ served }) => served.until,
  servedSeconds: ({ served }) => served.seconds,
  leftReason: ({ left }) => left?.reason,
  nextVersion: ({ next }) => next?.versionNumber,
  rolledBack: ({ next }) => next?.heldBefore,
  proof: ({ proof }) => proof.state,
  hash: ({ proof }) => proof.hash,
  notes: ({ notes }) => notes.join(" "),
};

/** RFC 4180: a line of names, and a line for each promotion. It has no place for the head, which the command prints. */
export const CSV: ReportFormat = {
  head: () => [toLine(Object.keys(COLUMNS))],
  promotion: (promotion) => [toLine(Object.values(COLUMNS).map((cellOf) => cellOf(promotion)))],
  end: () => [],
};

function metricsCell(metrics: ReportedPromotion["metrics"], time: "recorded" | "current"): string | undefined {
  const cell = (metric: ReportedMetric) => {
    const values = metric[time];
    return values ? [`${metricName(metric)}: ${valuesText(values)}`] : [];
  };
  return metrics?.flatMap(cell).join("; ");
}

/** The line ends with CR LF: the writer adds the LF. */
function toLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => csvCell(toText(cell))).join(",")}\r`;
}

function toText(cell: Cell): string {
  return cell instanceof Date ? cell.toISOString() : String(cell ?? "");
}
