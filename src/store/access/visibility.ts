import type { Reader, Viewer } from "../../domain/access/actor.js";
import type { AnyCondition } from "../../domain/access/condition.js";
import * as rules from "../../domain/access/visibility.js";
import { type Deleted, VISIBLE } from "../../domain/access/visibility.js";
import type { Prisma } from "../generated/client.js";
import { relationOf } from "./relations.js";

export type { Deleted } from "../../domain/access/visibility.js";

type Where = Readonly<Record<string, unknown>>;

/** The rules of domain/access/visibility.ts as Prisma filters, one for each noun. */
export function visibleModel(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.ModelWhereInput {
  return toWhere("Model", VISIBLE.Model(viewer, deleted));
}

export function visibleVersion(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.ModelVersionWhereInput {
  return toWhere("ModelVersion", VISIBLE.ModelVersion(viewer, deleted));
}

export function visibleTransition(viewer: Viewer): Prisma.StageTransitionWhereInput {
  return toWhere("StageTransition", VISIBLE.StageTransition(viewer, "EXCLUDE"));
}

export function visibleAliasTransition(viewer: Viewer): Prisma.AliasTransitionWhereInput {
  return toWhere("AliasTransition", VISIBLE.AliasTransition(viewer, "EXCLUDE"));
}

export function visibleDecision(viewer: Viewer): Prisma.PromotionDecisionWhereInput {
  return toWhere("PromotionDecision", VISIBLE.PromotionDecision(viewer, "EXCLUDE"));
}

export function visibleRequest(viewer: Viewer): Prisma.PromotionRequestWhereInput {
  return toWhere("PromotionRequest", VISIBLE.PromotionRequest(viewer, "EXCLUDE"));
}

export function visibleCheck(viewer: Viewer): Prisma.CheckWhereInput {
  return toWhere("Check", VISIBLE.Check(viewer, "EXCLUDE"));
}

export function visiblePolicy(viewer: Viewer): Prisma.PolicyWhereInput {
  return toWhere("Policy", VISIBLE.Policy(viewer, "EXCLUDE"));
}

export function visibleChangeRequest(viewer: Viewer): Prisma.PolicyChangeRequestWhereInput {
  return toWhere("PolicyChangeRequest", VISIBLE.PolicyChangeRequest(viewer, "EXCLUDE"));
}

export function visibleExperiment(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.ExperimentWhereInput {
  return toWhere("Experiment", VISIBLE.Experiment(viewer, deleted));
}

export function visibleRun(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.RunWhereInput {
  return toWhere("Run", VISIBLE.Run(viewer, deleted));
}

export function visibleRunOfExperiment(viewer: Viewer, deleted: Deleted): Prisma.RunWhereInput {
  return toWhere("Run", rules.visibleRunOfExperiment(viewer, deleted));
}

export function visibleLoggedModel(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.LoggedModelWhereInput {
  return toWhere("LoggedModel", VISIBLE.LoggedModel(viewer, deleted));
}

export function visibleLoggedModelOfExperiment(viewer: Viewer, deleted: Deleted): Prisma.LoggedModelWhereInput {
  return toWhere("LoggedModel", rules.visibleLoggedModelOfExperiment(viewer, deleted));
}

export function visibleDataset(viewer: Viewer, deleted: Deleted = "EXCLUDE"): Prisma.DatasetWhereInput {
  return toWhere("Dataset", VISIBLE.Dataset(viewer, deleted));
}

export function visibleDeployment(viewer: Viewer): Prisma.DeploymentWhereInput {
  return toWhere("Deployment", VISIBLE.Deployment(viewer, "EXCLUDE"));
}

export function visibleWebhook(viewer: Viewer): Prisma.WebhookWhereInput {
  return toWhere("Webhook", VISIBLE.Webhook(viewer, "EXCLUDE"));
}

export function visibleDelivery(viewer: Viewer): Prisma.WebhookDeliveryWhereInput {
  return toWhere("WebhookDelivery", VISIBLE.WebhookDelivery(viewer, "EXCLUDE"));
}

export function visibleRevocation(viewer: Viewer): Prisma.RevocationWhereInput {
  return toWhere("Revocation", VISIBLE.Revocation(viewer, "EXCLUDE"));
}

/** What the token covers, living or deleted. */
export function coveredModel(reader: Reader): Prisma.ModelWhereInput {
  return toWhere("Model", rules.coveredModel(reader));
}

export function coveredRun(reader: Reader): Prisma.RunWhereInput {
  return toWhere("Run", rules.coveredRun(reader));
}

export function coveredLoggedModel(reader: Reader): Prisma.LoggedModelWhereInput {
  return toWhere("LoggedModel", rules.coveredLoggedModel(reader));
}

export function coveredDataset(reader: Reader): Prisma.DatasetWhereInput {
  return toWhere("Dataset", rules.coveredDataset(reader));
}

export function linkableDataset(reader: Reader): Prisma.DatasetWhereInput {
  return toWhere("Dataset", rules.linkableDataset(reader));
}

/** A condition on a noun as a Prisma filter. */
export function toWhere(noun: string, condition: AnyCondition): Where {
  switch (condition.kind) {
    case "constant":
      return condition.value ? {} : { id: { in: [] } };
    case "and":
      return conjoin(condition.of.map((part) => toWhere(noun, part)));
    case "or":
      return { OR: condition.of.map((part) => toWhere(noun, part)) };
    case "matches":
      return textMatches(condition.column, condition.globs);
    case "equals":
      return { [condition.column]: condition.text };
    case "isNull":
      return { [condition.column]: condition.value ? null : { not: null } };
    case "related":
      return toRelatedWhere(noun, condition);
  }
}

function toRelatedWhere(noun: string, { relation: name, where }: Extract<AnyCondition, { kind: "related" }>): Where {
  const relation = relationOf(noun, name);
  const related = toWhere(relation.table, where);
  switch (relation.kind) {
    case "one":
      return { [name]: related };
    case "many":
      return { [relation.field]: { some: related } };
    case "through":
      return { [relation.field]: { some: { [relation.otherField]: related } } };
  }
}

/** One object where no key stands twice: Prisma keeps a query plan for each shape, and AND nests them. */
function conjoin(parts: readonly Where[]): Where {
  const keys = parts.flatMap((part) => Object.keys(part));
  return new Set(keys).size === keys.length ? Object.assign({}, ...parts) : { AND: parts };
}

/** Texts of a column that match one of the globs. An exact text stays a look-up by index. */
export function textMatches<Column extends string>(column: Column, globs: readonly string[]) {
  const exact = globs.filter((glob) => !glob.includes("*"));
  const patterns = globs.filter((glob) => glob.includes("*")).map((glob) => patternMatches(column, glob));
  return { OR: [on(column, { in: exact }), ...patterns] };
}

/**
 * `a*b*c` is "starts with a" and "ends with b, anything, c after a": Prisma passes LIKE's own `%` through, so the parts
 * are escaped and joined with it. The leading part is a range on the column's index.
 */
function patternMatches<Column extends string>(column: Column, glob: string) {
  const parts = glob.split("*").map(escapeLike);
  return { AND: [on(column, { startsWith: parts[0] ?? "" }), on(column, { endsWith: parts.join("%") })] };
}

function on<Column extends string, Condition>(column: Column, condition: Condition): { [C in Column]: Condition } {
  return { [column]: condition } as { [C in Column]: Condition };
}

/** Makes `%`, `_` and `\` stand for themselves in a LIKE pattern; Prisma does not. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
