import type { JsonValue } from "../../domain/values/json.js";
import type { PolicyInputForm } from "./policies.js";

/** The models that a policy selects: `fraud*, risk-tier = high`. */
export function describeSelector({ selector: { models, tags } }: PolicyInputForm): string {
  return [models.join(" | "), ...tags.map(({ key, values }) => `${key} = ${values.join(" | ")}`)].join(", ");
}

/** What a policy guards: `PRODUCTION, alias canary`. */
export function describeTargets({ target: { stages, aliases } }: PolicyInputForm): string {
  return [...stages, ...aliases.map((alias) => `alias ${alias}`)].join(", ");
}

const PLAIN = /^[\w.:/*+-]+$/;

/** A value on one line, as YAML would have it. */
export function describeValue(value: JsonValue | undefined): string {
  if (value === undefined) return "not set";
  if (typeof value === "string") return PLAIN.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: JsonValue) => describeValue(each)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}: ${describeValue(member as JsonValue)}`);
  return `{ ${members.join(", ")} }`;
}

/** That something waits, with the request. Null: the token may not read requests. */
export function describeWaiting(what: string, request: { readonly id: string } | null): string {
  return `${what} waits for a second person${request ? `, request ${request.id}` : ""}`;
}
