import type { Viewer } from "../../../src/domain/access/actor.js";
import { SCOPES, type Scope } from "../../../src/domain/access/scopes.js";
import type { PrincipalsInput } from "../../../src/domain/governance/principals.js";
import { WRITER } from "../../support/writer.js";

interface ActorRow {
  readonly scopes: readonly Scope[];
  readonly groups: readonly string[];
}

const MOVES: readonly Scope[] = ["stages:staging", "stages:production", "stages:archived", "aliases:write"];

const ACTORS = {
  boss: { scopes: SCOPES, groups: [] },
  /** Who builds, registers, promotes and deletes, and must stay behind the gates. */
  dev: {
    scopes: ["models:read", "models:write", "models:delete", "runs:read", "runs:write", "checks:write", ...MOVES],
    groups: ["build"],
  },
  oncall: { scopes: ["models:read", "models:write", "policies:override", ...MOVES], groups: [] },
  risk: { scopes: ["models:read", "models:write", "policies:write"], groups: ["quality"] },
  bench: { scopes: ["models:read", "runs:read", "runs:write", "checks:write"], groups: ["quality"] },
} as const satisfies Record<string, ActorRow>;

export type Who = keyof typeof ACTORS;
export const WHO = Object.keys(ACTORS) as Who[];

export function may(who: Who, ...scopes: readonly Scope[]): boolean {
  const held: readonly Scope[] = ACTORS[who].scopes;
  return scopes.every((scope) => held.includes(scope) || (held.includes("admin") && scope !== "policies:override"));
}

/** Whether somebody is one of those that a policy names. */
export function counts(from: PrincipalsInput | null | undefined, who: Who): boolean {
  if (!from) return true;
  const { subjects, groups, scopes } = from;
  const held: readonly string[] = ACTORS[who].groups;
  return (
    (!subjects || subjects.includes(who)) &&
    (!groups || groups.some((group) => held.includes(group))) &&
    (!scopes || scopes.some((scope) => may(who, scope as Scope)))
  );
}

export function viewerOf(who: Who): Viewer {
  const { scopes, groups } = ACTORS[who];
  return { ...WRITER, actor: { ...WRITER.actor, subject: who }, scopes: new Set(scopes), groups };
}
