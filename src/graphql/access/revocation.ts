import type { RevokedTokens } from "../../domain/access/revocation.js";
import { revokeTokens } from "../../registry/access/revoke-tokens.js";
import { visibleRevocation } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { nounPayload } from "../kit/mutations.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";

export const Revocation = builder.prismaObject("Revocation", {
  description: "Tokens that are not taken any more, although they have not expired.",
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
    createdBy: t.field({ type: Actor, description: "Who revoked them.", select: CREATED_BY, resolve: createdBy }),
  }),
});

const pages = pageTypes(Revocation, { one: "a revocation", many: "revocations" });

builder.queryField("revocations", (t) =>
  t.connection(
    {
      type: Revocation,
      description: "What has been revoked, the newest first. Asks for `admin`; a narrowed token sees none.",
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
  description: "Tokens of somebody, of before a time.",
  fields: (t) => ({
    issuer: t.string({ required: true, description: "The `iss` claim of the tokens." }),
    subject: t.string({ required: true, description: "Their `sub` claim." }),
    issuedBefore: t.field({
      type: "DateTime",
      required: true,
      description:
        "Those whose `iat`, which is in whole seconds, is before this time, and those that have none. Not in the future.",
    }),
  }),
});

const TokensRef = builder.inputType("TokensRef", {
  description: "Which tokens: one by its id, or all of somebody's of before a time.",
  isOneOf: true,
  fields: (t) => ({
    tokenId: t.string({ description: "The `jti` claim of one token." }),
    bearer: t.field({ type: BearerRef, description: "All tokens of one bearer." }),
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
      "Takes tokens out of use before they expire. Every server refuses them within a moment, with `UNAUTHENTICATED`, and ends their subscriptions and sockets. Asks for `admin` without claims.",
    input: {
      tokens: t.input.field({ type: TokensRef, required: true, description: "Which tokens." }),
      reason: t.input.string({ description: "Why, for the audit trail." }),
    },
    resolve: (_root, { input }, { commands }) =>
      revokeTokens(commands, { tokens: toTokens(input.tokens), reason: input.reason }),
  }),
);
