import { coversEverything } from "../../domain/access/actor.js";
import { parseRevokedTokens, type RevokedTokens } from "../../domain/access/revocation.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { DESCRIPTION_MAX, parseOptional, parseRemark } from "../../domain/values/text.js";
import { actorColumns, type CommandContext, requireScopes } from "../command.js";

export interface RevokeTokensInput {
  readonly tokens: RevokedTokens;
  readonly reason?: string | null | undefined;
}

/**
 * Revokes tokens before they expire. Every process refuses them from then on, and ends the sockets and streams that are
 * open under them. Returns the id of the revocation.
 *
 * Errors: FORBIDDEN without `admin`, or with a token that a claim narrows; INVALID_INPUT.
 */
export async function revokeTokens(context: CommandContext, input: RevokeTokensInput): Promise<{ id: string }> {
  const scope = COMMAND_SCOPE.revokeTokens;
  requireScopes(context.viewer, [scope], "revokeTokens");
  if (!coversEverything(context.viewer)) {
    throw new ForbiddenError(
      "revokeTokens requires a token with the scope admin that no models, experiments or environments claim narrows.",
      [scope],
    );
  }
  return context.transact(async ({ tx, viewer, at, newId, emit }) => {
    const tokens = parseRevokedTokens("input.tokens", input.tokens, at);
    const reason = parseOptional(input.reason, (text) => parseRemark("input.reason", text, DESCRIPTION_MAX)) ?? null;
    const id = newId();
    await tx.revocation.create({
      data: { id, ...tokens, reason, createdAt: at, ...actorColumns(viewer) },
      select: { id: true },
    });
    const shown = "tokenId" in tokens ? tokens : { ...tokens, issuedBefore: tokens.issuedBefore.toISOString() };
    emit({ type: "token.revoked", subject: { type: "Revocation", id }, after: { ...shown, reason } });
    return { id };
  });
}
