import type { VariablesOf } from "../../graphql/graphql";
import type { AUDIT } from "./audit-query";

export type AuditFilter = NonNullable<VariablesOf<typeof AUDIT>["where"]>;
type EventType = NonNullable<AuditFilter["types"]>[number];

/** What the address of the page says. */
export interface AuditSearch {
  /** Names or globs, separated by commas. */
  readonly model?: string | undefined;
  /** The `sub` of the actor. */
  readonly by?: string | undefined;
  /** Types of events, separated by commas. */
  readonly type?: string | undefined;
  readonly alias?: string | undefined;
}

export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (key: keyof AuditSearch) => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? { [key]: String(value) } : {};
  };
  return { ...text("model"), ...text("by"), ...text("type"), ...text("alias") };
}

const split = (text: string) =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** The server refuses a type that it does not know, and says which. */
export function toAuditFilter({ model, by, type, alias }: AuditSearch): AuditFilter {
  return {
    ...(model && { models: split(model) }),
    ...(by && { actor: { subject: by } }),
    ...(type && { types: split(type).map((each) => each.toUpperCase().replace(/\W+/g, "_") as EventType) }),
    ...(alias && { aliases: split(alias) }),
  };
}
