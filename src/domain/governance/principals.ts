import type { Author } from "../access/author.js";
import { holdsScope, isScope, type Scope } from "../access/scopes.js";
import { InvalidInputError } from "../errors.js";
import { requireAtMost } from "../values/list.js";
import { parseAnyLine } from "../values/text.js";

const LIST_MAX = 100;
const NAME_MAX = 1_000;

/**
 * Who counts: an author that has one of the subjects, one of the issuers, one of the groups and one of the scopes, as far
 * as these lists are given. Scopes and groups are those of the token that wrote.
 */
export type Principals = {
  readonly subjects?: readonly string[];
  readonly issuers?: readonly string[];
  readonly groups?: readonly string[];
  readonly scopes?: readonly Scope[];
};

export type PrincipalsInput = {
  readonly [Key in keyof Principals]?: readonly string[] | null | undefined;
};

/** Checks who counts. At least one list is given, and none is empty: nobody could meet it. */
export function parsePrincipals(field: string, input: PrincipalsInput): Principals {
  const { subjects, issuers, groups, scopes } = input;
  const parsed: Principals = {
    ...(subjects ? { subjects: parseNames(`${field}.subjects`, subjects) } : {}),
    ...(issuers ? { issuers: parseNames(`${field}.issuers`, issuers) } : {}),
    ...(groups ? { groups: parseNames(`${field}.groups`, groups) } : {}),
    ...(scopes ? { scopes: parseNames(`${field}.scopes`, scopes).map((scope) => parseScope(field, scope)) } : {}),
  };
  if (Object.keys(parsed).length === 0) {
    throw new InvalidInputError(field, `${field} must give at least one of subjects, issuers, groups and scopes.`);
  }
  return parsed;
}

function parseNames(field: string, names: readonly string[]): string[] {
  if (names.length === 0) throw new InvalidInputError(field, `${field} must not be empty: nobody could meet it.`);
  requireAtMost(field, names, LIST_MAX);
  return [...new Set(names.map((name, index) => parseAnyLine(`${field}[${index}]`, name, NAME_MAX)))];
}

function parseScope(field: string, text: string): Scope {
  if (isScope(text)) return text;
  throw new InvalidInputError(`${field}.scopes`, `${field}.scopes: "${text}" is not a scope.`);
}

/** Whether the author counts. An unknown author counts for nobody. */
export function accepts({ subjects, issuers, groups, scopes }: Principals, author: Author | null): boolean {
  if (!author) return false;
  return (
    (subjects?.includes(author.subject) ?? true) &&
    (issuers?.includes(author.issuer) ?? true) &&
    (groups?.some((group) => author.groups.includes(group)) ?? true) &&
    (scopes?.some((scope) => holdsScope(new Set(author.scopes), scope)) ?? true)
  );
}

/** As messages say it: `group risk or legal, scope checks:write`. */
export function describePrincipals({ subjects, issuers, groups, scopes }: Principals): string {
  const parts = [
    subjects && `subject ${subjects.join(" or ")}`,
    issuers && `issuer ${issuers.join(" or ")}`,
    groups && `group ${groups.join(" or ")}`,
    scopes && `scope ${scopes.join(" or ")}`,
  ];
  return parts.filter(Boolean).join(", ");
}
