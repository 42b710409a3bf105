import type { JWTPayload } from "jose";
import type { Coverage } from "../domain/access/actor.js";
import type { Scope } from "../domain/access/scopes.js";
import { matchesGlob } from "../domain/values/glob.js";

/** Grants scopes to tokens whose claims meet every condition. A condition is met if any of its globs matches. */
export interface ClaimRule extends Coverage {
  readonly when: Readonly<Record<string, readonly string[]>>;
  readonly scopes: readonly Scope[];
}

/** The path of the first claim that does not meet its condition; null if the rule applies. */
export function findUnmet({ when }: ClaimRule, claims: JWTPayload): string | null {
  const unmet = Object.entries(when).find(
    ([path, globs]) => !textsAt(claims, path).some((text) => matchesAny(globs, text)),
  );
  return unmet?.[0] ?? null;
}

function matchesAny(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text));
}

/** The texts of a claim; an array has one for each element. An object or a missing claim has none. */
export function textsAt(claims: JWTPayload, path: string): readonly string[] {
  const value = claimAt(claims, path);
  return (Array.isArray(value) ? value : [value]).flatMap((each) => {
    const isPlain = typeof each === "string" || typeof each === "number" || typeof each === "boolean";
    return isPlain ? [String(each)] : [];
  });
}

/** The value at a path of names separated by dots. A name may contain dots too (`kubernetes.io`): the longest match counts. */
export function claimAt(claims: JWTPayload, path: string): unknown {
  return valueAt(claims, path.split("."));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  for (let length = path.length; length > 0; length--) {
    const name = path.slice(0, length).join(".");
    if (!Object.hasOwn(value, name)) continue;
    return valueAt((value as Record<string, unknown>)[name], path.slice(length));
  }
  return undefined;
}
