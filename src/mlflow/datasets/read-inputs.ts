import { FIELD_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import type { TagInput } from "../../domain/values/tag.js";
import { isCreator } from "../../registry/command.js";
import type { Prisma } from "../../store/generated/client.js";
import type { Context } from "../kit/context.js";

/** The tag that says what a dataset was read for. The edge has it as its context. */
export const CONTEXT_TAG = "mlflow.data.context";

const SEEN_BY = { id: true, deletedAt: true, experiment: { select: { name: true, deletedAt: true } } } as const;

/** What runs read, of the edges that lead to them: a dataset, or a logged model with what decides who may see it. */
export const INPUT_COLUMNS = {
  kind: true,
  context: true,
  tags: true,
  fromLoggedModel: { select: SEEN_BY },
  fromDataset: {
    select: {
      deletedAt: true,
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

type EdgeRow = Prisma.LineageEdgeGetPayload<{ select: typeof INPUT_COLUMNS }>;
type DatasetRow = NonNullable<EdgeRow["fromDataset"]>;

/** The datasets that a run which the viewer may see has read, of MLflow's fields. */
export function toDatasetInputs(context: Context, edges: readonly EdgeRow[]) {
  const living = edges.filter(({ fromDataset }) => fromDataset?.deletedAt === null);
  return withoutRepeats(living).flatMap(({ fromDataset, ...edge }) =>
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
