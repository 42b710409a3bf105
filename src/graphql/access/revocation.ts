import { creatorOf } from "../../domain/access/actor.js";
import type { RevokedTokens } from "../../domain/access/revocation.js";
import { revokeTokens } from "../../registry/access/revoke-tokens.js";
import { visibleRevocation } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { nounPayload } from "../kit/mutations.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";

export const Revocation = builder.prismaObject("Revocation", {
  description:
    "Tokens that are no longer accepted although they have not expired: one by its id, or all of one bearer issued before a time.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The revocation's global id.", resolve: ({ id }) => encodeId("Revocation", id) }),
    tokenId: t.exposeString("tokenId", { nullable: true }),
    issuer: t.exposeString("issuer", { nullable: true }),
    subject: t.exposeString("subject", { nullable: true }),
    issuedBefore: t.expose("issuedBefore", { type: "DateTime", nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    createdBy: t.field({ type: Actor, description: "Who revoked the tokens.", select: CREATED_BY, resolve: creatorOf }),
  }),
});

const pages = pageTypes(Revocation, { one: "a revocation", many: "revocations" });

builder.queryField("revocations", (t) =>
  t.connection(
    {
      type: Revocation,
      description:
        "All revocations, the newest first. Requires `admin`. The list is empty for a token with a narrowing claim.",
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.revocation,
          { args, context, info },
          {
            typeName: "Revocation",
            list: { name: "revocations", where: null },
            order: { columns: byColumn("createdAt", "date"), direction: "desc" },
            where: visibleRevocation(context.viewer),
          },
        ),
    },
    ...pages,
  ),
);

const BearerRef = builder.inputType("BearerRef", {
  description: "The tokens of one bearer that were issued before a time.",
  fields: (t) => ({
    issuer: t.string({ required: true, description: "The `iss` claim of the tokens." }),
    subject: t.string({ required: true, description: "The `sub` claim of the tokens." }),
    issuedBefore: t.field({
      type: "DateTime",
      required: true,
      description:
        "Revokes the tokens whose `iat` claim, in whole seconds, is before this time, and those without `iat`. Not in the future.",
    }),
  }),
});

const TokensRef = builder.inputType("TokensRef", {
  description:
    "Which tokens to revoke: one by its id, or all of one bearer issued before a time. Set exactly one field.",
  isOneOf: true,
  fields: (t) => ({
    tokenId: t.string({ description: "The `jti` claim of one token." }),
    bearer: t.field({ type: BearerRef, description: "The tokens of one bearer." }),
  }),
});

function toTokens({ tokenId, bearer }: typeof TokensRef.$inferInput): RevokedTokens {
  return bearer ?? { tokenId };
}

const RevokeTokensPayload = nounPayload("RevokeTokensPayload", "What was revoked.", {
  name: "revocation",
  type: Revocation,
  node: "Revocation",
  description: "The revocation.",
});

builder.mutationField("revokeTokens", (t) =>
  t.fieldWithInput({
    type: RevokeTokensPayload,
    description:
      "Revokes tokens before they expire. Within moments every server refuses them with `UNAUTHENTICATED` and closes their subscriptions and sockets. Requires `admin` and a token without narrowing claims.",
    input: {
      tokens: t.input.field({ type: TokensRef, required: true, description: "Which tokens." }),
      reason: t.input.string({ description: "The reason, for the audit trail." }),
    },
    resolve: (_root, { input }, { commands }) =>
      revokeTokens(commands, { tokens: toTokens(input.tokens), reason: input.reason }),
  }),
);
