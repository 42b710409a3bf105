import { InvalidInputError } from "../../domain/errors.js";
import type { RunOrder, RunOrderField, RunOrderTerm } from "../../store/tracking/run-order.js";
import { tokenize } from "./filter-tokens.js";
import { parseIdentifier, RUN_ENTITIES } from "./parse-filter.js";

export const RUN_ATTRIBUTES: Readonly<Record<string, RunOrderField>> = {
  run_id: "id",
  run_name: "name",
  "run name": "name",
  "Run name": "name",
  "Run Name": "name",
  status: "status",
  user_id: "user",
  artifact_uri: "artifactUri",
  start_time: "startedAt",
  created: "startedAt",
  Created: "startedAt",
  end_time: "endedAt",
};

const MAX_TERMS = 10;
const NEWEST_FIRST: RunOrder = [
  { of: "field", by: "startedAt", direction: "desc" },
  { of: "field", by: "id", direction: "asc" },
];

/** Parses MLflow's orders of runs, such as `metrics.acc DESC`. Where they say nothing the newest run is first. */
export function parseRunOrder(terms: readonly string[]): RunOrder {
  if (terms.length > MAX_TERMS) {
    throw new InvalidInputError("order_by", `order_by may have ${MAX_TERMS} terms at most.`);
  }
  return [...terms.map(parseTerm), ...NEWEST_FIRST];
}

function parseTerm(term: string): RunOrderTerm {
  const [identifier, direction, ...rest] = tokenize(term);
  const word = direction?.value.toUpperCase() ?? "ASC";
  const isTerm = identifier?.kind === "word" && (word === "ASC" || word === "DESC") && rest.length === 0;
  if (!isTerm) throw new InvalidInputError("order_by", `Invalid order_by clause '${term}'. Could not be parsed.`);
  const { entity, key } = parseIdentifier(identifier.value, RUN_ENTITIES, "order_by");
  const toward = word === "ASC" ? "asc" : "desc";
  if (entity === "metric" || entity === "param" || entity === "tag") return { of: entity, by: key, direction: toward };
  const by = Object.hasOwn(RUN_ATTRIBUTES, key) ? RUN_ATTRIBUTES[key] : undefined;
  if (entity === "attribute" && by !== undefined) return { of: "field", by, direction: toward };
  const valid = Object.keys(RUN_ATTRIBUTES).map((name) => `'${name}'`);
  throw new InvalidInputError("order_by", `Invalid order by key '${key}'. Valid keys are '{${valid.join(", ")}}'`);
}
