import { type ReportFilter, requireRange } from "../../domain/reports/report-filter.js";
import { countPromotions } from "../../store/reports/promotion-page.js";
import { readReport } from "../../store/reports/read-report.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { toConnection } from "../kit/connection.js";
import { requireStorable } from "../kit/filters.js";
import { pageTypes } from "../kit/page-types.js";
import { planRevisions } from "../kit/paging.js";
import { Stage } from "../kit/stage.js";
import { ReportedPromotion } from "./reported-promotion.js";

const ReportedTag = builder.inputType("PromotionReportTag", {
  description: "A tag of a model.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The tag's key." }),
    value: t.string({ description: "The tag's exact value. Default: any value." }),
  }),
});

const PromotionReportFilter = builder.inputType("PromotionReportFilter", {
  description: "A filter on the promotions of a report. All conditions that are set must match.",
  fields: (t) => ({
    models: t.stringList({
      description:
        "Only of models of which one name matches one of these names or globs: the name now, or one under which the model was promoted. `*` matches any text. At most 200.",
    }),
    tag: t.field({ type: ReportedTag, description: "Only of models that have this tag now." }),
    stages: t.field({ type: [Stage], description: "Only to these stages, and to the given aliases." }),
    aliases: t.stringList({ description: "Only to these aliases, and to the given stages. At most 200." }),
    overridden: t.boolean({ description: "Whether policies were overridden." }),
    revision: t.field({ type: "Long", description: "Only the promotion whose event has this revision." }),
    heldBefore: t.boolean({
      description: "Whether the version had been promoted to the target before: rollbacks, and moves like them.",
    }),
  }),
});

function toReportFilter(
  where: (typeof PromotionReportFilter)["$inferInput"] | null | undefined,
  range: Record<"from" | "to", Date | null | undefined>,
): ReportFilter {
  const { models, tag, stages, aliases, revision, overridden, heldBefore } = where ?? {};
  requireStorable("where.tag", tag);
  const filter = {
    models: models ? boundedList("where.models", models) : undefined,
    tag: tag ? { key: tag.key, value: tag.value ?? undefined } : undefined,
    stages: stages ?? undefined,
    aliases: aliases ? boundedList("where.aliases", aliases) : undefined,
    revision: revision === null || revision === undefined ? undefined : BigInt(revision),
    overridden: overridden ?? undefined,
    heldBefore: heldBefore ?? undefined,
    from: range.from ?? undefined,
    to: range.to ?? undefined,
  };
  requireRange(filter);
  return filter;
}

builder.queryField("promotionReport", (t) =>
  t.connection(
    {
      type: ReportedPromotion,
      description:
        "The promotions of versions to STAGING, PRODUCTION and aliases, whether a policy guarded the target or not, the oldest first, also of deleted models and versions. Requires `audit:read`, and `runs:read` for what is about runs. The token's claims narrow it. A page has fewer lines than requested if they are very large.",
      args: {
        where: t.arg({ type: PromotionReportFilter, description: "Which promotions. Default: all." }),
        from: t.arg({ type: "DateTime", description: "The earliest time, inclusive. Default: from the beginning." }),
        to: t.arg({ type: "DateTime", description: "The end, exclusive. Default: until now." }),
      },
      resolve: async (_root, args, { db, viewer }) => {
        const filter = toReportFilter(args.where, { from: args.from, to: args.to });
        const page = planRevisions(args, "asc", { name: "promotionReport", where: filter });
        const { lines, isCut } = await readReport(db, viewer, filter, page);
        const size = isCut ? Math.min(page.size, lines.length - 1) : page.size;
        return toConnection(lines, { ...page, size }, () => countPromotions(db, viewer, filter));
      },
    },
    ...pageTypes(ReportedPromotion, { one: "a promotion of a report", many: "promotions of a report" }),
  ),
);
