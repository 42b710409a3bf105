import type { z } from "zod";
import { suggestName } from "../util/nearest-name.js";
import { showValue } from "./shown-value.js";
import { KNOWN_VARIABLES } from "./variables.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The only code that reads the process's environment. */
export function readEnvironment(): Environment {
  return process.env;
}

/** The variables of Shelfmark that are set. A blank one is not: compose files leave such. */
export function pickKnown(env: Environment): Environment {
  const texts = KNOWN_VARIABLES.map((name) => [name, env[name]?.trim()] as const);
  return Object.fromEntries(texts.filter(([, text]) => text));
}

/** A sentence for each value that is not allowed. */
export function describeIssues(error: z.ZodError | undefined, given: Environment): string[] {
  return (error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return `${name} is ${showValue(name, given[name] ?? "")}; ${issue.message}.`;
  });
}

/** A warning for each variable that is probably a typing error. */
export function warnOfUnknown(env: Environment): string[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith("SHELFMARK_") && !KNOWN_VARIABLES.includes(name));
  return unknown
    .sort()
    .map((name) => `${name} is not a variable of Shelfmark${suggestName(name, KNOWN_VARIABLES)}, so it has no effect.`);
}
