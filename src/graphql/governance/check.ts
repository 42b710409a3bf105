import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { nestedList } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn, type PageArgs } from "../kit/paging.js";
import { living } from "../kit/visible-rows.js";
import { countBy } from "../request/loaders.js";
import { ModelVersion } from "../versions/model-version.js";
import { CheckStatus } from "./rule-enums.js";

export const Check = builder.prismaObject("Check", {
  description:
    "What a test suite, a scanner or a ticket system outside reported about a version. Never updated and never deleted: of the checks of one name the newest counts.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The check's global id.", resolve: ({ id }) => encodeId("Check", id) }),
    name: t.exposeString("name"),
    status: t.expose("status", { type: CheckStatus }),
    summary: t.exposeString("summary", { nullable: true }),
    url: t.exposeString("url", { nullable: true }),
    evidence: t.expose("evidence", { type: "JSON", nullable: true }),
    digest: t.exposeString("digest", { nullable: true }),
    reportedAt: t.expose("reportedAt", { type: "DateTime" }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", nullable: true }),
    reportedBy: t.field({
      type: Actor,
      description: "Who reported it.",
      select: { author: { select: { issuer: true, subject: true, name: true, kind: true } } },
      resolve: ({ author }) => author,
    }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that it is about; null if it is deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ modelVersion }) => living(modelVersion),
    }),
  }),
});

const pages = pageTypes(Check, { one: "a check", many: "checks" });

interface ChecksArgs extends PageArgs {
  readonly name?: string | null | undefined;
}

const checks = nestedList({
  name: "ModelVersion.checks",
  typeName: "Check",
  order: () => ({ columns: byColumn("reportedAt", "date"), direction: "desc" as const }),
  where: ({ name }: ChecksArgs) => (typeof name === "string" ? { name } : {}),
  filter: ({ name }) => name ?? null,
  count: countBy("versionId", ({ check }) => check),
});

builder.prismaObjectField(ModelVersion, "checks", (t) =>
  t.connection(
    {
      type: Check,
      description: "The checks that were reported for the version, the newest first.",
      args: { name: t.arg.string({ description: "Only checks of this name." }) },
      select: (args, context, nested) => ({ checks: checks.select(nested, args, context) }),
      resolve: ({ id, checks: rows }, args, context) => checks.page({ id, rows }, args, context),
    },
    ...pages,
  ),
);
