import type { RevokedTokens } from "../../domain/access/revocation.js";
import { InvalidInputError } from "../../domain/errors.js";
import { revokeTokens } from "../../registry/access/revoke-tokens.js";
import { visibleRevocation } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { rowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { type ListOrder, planPage } from "../kit/paging.js";
import { readRevocation } from "../kit/visible-rows.js";

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

const pages = pageTypes(Revocation, { one: "revocation", many: "revocations" });

const NEWEST_FIRST: ListOrder = {
  columns: [
    { name: "createdAt", kind: "date" },
    { name: "id", kind: "id" },
  ],
  direction: "desc",
};

builder.queryField("revocations", (t) =>
  t.connection(
    {
      type: Revocation,
      description: "What has been revoked, the newest first. Asks for `admin`; a narrowed token sees none.",
      resolve: async (_root, args, context, info) => {
        const where = visibleRevocation(context.viewer);
        const page = planPage(args, NEWEST_FIRST, { name: "revocations", where: null });
        const rows = await context.db.revocation.findMany({
          ...rowsQuery(context, info, "Revocation", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.revocation.count({ where }));
      },
    },
    pages.Connection,
    pages.Edge,
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
  if (typeof tokenId === "string") return { tokenId };
  if (bearer) return bearer;
  throw new InvalidInputError("input.tokens", "input.tokens must name one of tokenId and bearer.");
}

const RevokeTokensPayload = builder.objectRef<{ id: string }>("RevokeTokensPayload").implement({
  description: "What was revoked.",
  fields: (t) => ({
    revocation: t.prismaField({
      type: Revocation,
      nullable: true,
      description: "The revocation.",
      resolve: readRevocation,
    }),
  }),
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
