import { InvalidInputError } from "../errors.js";
import { parseAnyLine } from "../values/text.js";
import { actorKey, type Viewer } from "./actor.js";

/** One token by its `jti`, which is unique across issuers (RFC 7519 §4.1.7), or all tokens of a bearer issued before a time. */
export type RevokedTokens =
  | { readonly tokenId: string }
  | { readonly issuer: string; readonly subject: string; readonly issuedBefore: Date };

const MAX_CHARACTERS = 1024;
/** How far clocks may differ. A later time would revoke tokens that are issued after the request. */
const MAX_AHEAD_MS = 60_000;

export function parseRevokedTokens(field: string, tokens: RevokedTokens, now: Date): RevokedTokens {
  if ("tokenId" in tokens) return { tokenId: parseAnyLine(`${field}.tokenId`, tokens.tokenId, MAX_CHARACTERS) };
  const { issuedBefore } = tokens;
  if (issuedBefore.getTime() > now.getTime() + MAX_AHEAD_MS) {
    throw new InvalidInputError(
      `${field}.bearer.issuedBefore`,
      "issuedBefore is in the future: it would revoke tokens that have not been issued yet. Give the current time or an earlier one.",
    );
  }
  return {
    issuer: parseAnyLine(`${field}.bearer.issuer`, tokens.issuer, MAX_CHARACTERS),
    subject: parseAnyLine(`${field}.bearer.subject`, tokens.subject, MAX_CHARACTERS),
    issuedBefore,
  };
}

/** The revoked tokens in memory, so that no request reads the database for them. */
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

  /** A token without `iat` may have been issued at any time, so every revocation of its bearer covers it. */
  covers({ tokenId, issuedAt, actor }: Pick<Viewer, "tokenId" | "issuedAt" | "actor">): boolean {
    if (tokenId !== null && this.tokenIds.has(tokenId)) return true;
    const until = this.issuedBefore.get(actorKey(actor));
    return until !== undefined && (issuedAt === null || issuedAt < until);
  }
}
