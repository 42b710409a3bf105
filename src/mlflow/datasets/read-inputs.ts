import { FIELD_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import type { TagInput } from "../../domain/values/tag.js";
import { isCreator } from "../../registry/command.js";
import type { Prisma } from "../../store/generated/client.js";
import { groupBy } from "../../util/group-by.js";
import type { Context } from "../kit/context.js";

/** The tag that says what a dataset was read for. The edge has it as its context. */
export const CONTEXT_TAG = "mlflow.data.context";

const COLUMNS = {
  toRunId: true,
  context: true,
  tags: true,
  fromDataset: {
    select: {
      id: true,
      name: true,
      digest: true,
      sourceType: true,
      source: true,
      schema: true,
      profile: true,
      sourceText: true,
      schemaText: true,
      profileText: true,
      createdByIssuer: true,
      createdBySubject: true,
    },
  },
} as const satisfies Prisma.LineageEdgeSelect;

type EdgeRow = Prisma.LineageEdgeGetPayload<{ select: typeof COLUMNS }>;
type DatasetRow = NonNullable<EdgeRow["fromDataset"]>;

/** By the run's id: the datasets that runs which the viewer may see have read, of MLflow's fields. */
export async function readDatasetInputs(context: Context, runIds: readonly string[]) {
  const edges = await context.db.lineageEdge.findMany({
    where: { toRunId: { in: [...runIds] }, fromDataset: { deletedAt: null } },
    select: COLUMNS,
    orderBy: { id: "asc" },
  });
  const byRun = groupBy(edges, ({ toRunId }) => toRunId);
  return (runId: string) =>
    withoutRepeats(byRun.get(runId) ?? []).flatMap(({ fromDataset, ...edge }) =>
      fromDataset ? [{ ...tagsOf(edge), dataset: toDataset(context, fromDataset) }] : [],
    );
}

/** Clients log a dataset with its context, and again without one when they log a metric on it. */
function withoutRepeats(edges: readonly EdgeRow[]): EdgeRow[] {
  const withContext = new Set(edges.flatMap(({ context, fromDataset }) => (context === "" ? [] : [fromDataset?.id])));
  return edges.filter(
    ({ context, tags, fromDataset }) => context !== "" || tags !== null || !withContext.has(fromDataset?.id),
  );
}

function tagsOf({ context, tags }: Pick<EdgeRow, "context" | "tags">): { tags?: TagInput[] } {
  const all = [
    ...((tags ?? []) as unknown as TagInput[]),
    ...(context === "" ? [] : [{ key: CONTEXT_TAG, value: context }]),
  ];
  return all.length > 0 ? { tags: all } : {};
}

function toDataset({ viewer }: Context, row: DatasetRow) {
  const showsSource = holdsScope(viewer.scopes, FIELD_SCOPE["Dataset.source"]) || isCreator(viewer, row);
  const source = row.sourceText ?? (row.source === null ? null : JSON.stringify({ uri: row.source }));
  const schema = row.schemaText ?? (row.schema === null ? null : JSON.stringify(row.schema));
  const profile = row.profileText ?? (row.profile === null ? null : JSON.stringify(row.profile));
  return {
    name: row.name,
    digest: row.digest,
    ...(row.sourceType === null ? {} : { source_type: row.sourceType }),
    ...(source !== null && showsSource ? { source } : {}),
    ...(schema === null ? {} : { schema }),
    ...(profile === null ? {} : { profile }),
  };
}
