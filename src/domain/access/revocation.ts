import { InvalidInputError } from "../errors.js";
import { parseLine } from "../values/text.js";
import { actorKey, type Viewer } from "./actor.js";

/** One token, by its `jti` (which no two issuers give twice, RFC 7519 §4.1.7), or all of somebody's of before a time. */
export type RevokedTokens =
  | { readonly tokenId: string }
  | { readonly issuer: string; readonly subject: string; readonly issuedBefore: Date };

const MAX_CHARACTERS = 1024;
/** Clocks differ by so much; later times would bar tokens that nobody has been given yet. */
const MAX_AHEAD_MS = 60_000;

export function parseRevokedTokens(field: string, tokens: RevokedTokens, now: Date): RevokedTokens {
  if ("tokenId" in tokens) return { tokenId: parseLine(`${field}.tokenId`, tokens.tokenId, MAX_CHARACTERS) };
  const { issuedBefore } = tokens;
  if (issuedBefore.getTime() > now.getTime() + MAX_AHEAD_MS) {
    throw new InvalidInputError(
      `${field}.bearer.issuedBefore`,
      "issuedBefore is in the future, and would bar tokens that have not been made yet.",
    );
  }
  return {
    issuer: parseLine(`${field}.bearer.issuer`, tokens.issuer, MAX_CHARACTERS),
    subject: parseLine(`${field}.bearer.subject`, tokens.subject, MAX_CHARACTERS),
    issuedBefore,
  };
}

/** What has been revoked, to be asked for each request without a look at the database. */
export class Revocations {
  private readonly tokenIds = new Set<string>();
  private readonly issuedBefore = new Map<string, Date>();

  constructor(revoked: Iterable<RevokedTokens>) {
    for (const tokens of revoked) {
      if ("tokenId" in tokens) {
        this.tokenIds.add(tokens.tokenId);
        continue;
      }
      const earlier = this.issuedBefore.get(actorKey(tokens));
      if (!earlier || earlier < tokens.issuedBefore) this.issuedBefore.set(actorKey(tokens), tokens.issuedBefore);
    }
  }

  /** A token that does not say when it was issued may have been issued before any time. */
  covers({ tokenId, issuedAt, actor }: Pick<Viewer, "tokenId" | "issuedAt" | "actor">): boolean {
    if (tokenId !== null && this.tokenIds.has(tokenId)) return true;
    const until = this.issuedBefore.get(actorKey(actor));
    return until !== undefined && (issuedAt === null || issuedAt < until);
  }
}
