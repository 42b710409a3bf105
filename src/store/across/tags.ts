import type { Author } from "../../domain/access/author.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";
import { authorId } from "./author-id.js";

/** The table of each noun's tags. */
const TAG_TABLES = {
  Model: { table: "ModelTag", owner: "modelId", type: "uuid" },
  ModelVersion: { table: "ModelVersionTag", owner: "versionId", type: "uuid" },
  Experiment: { table: "ExperimentTag", owner: "experimentId", type: "uuid" },
  Run: { table: "RunTag", owner: "runId", type: "text" },
  LoggedModel: { table: "LoggedModelTag", owner: "loggedModelId", type: "text" },
  Dataset: { table: "DatasetTag", owner: "datasetId", type: "uuid" },
} as const;

/** The nouns that have tags. */
type Tagged = keyof typeof TAG_TABLES;

export interface TagOwner {
  readonly noun: Tagged;
  readonly id: string;
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

function partsOf({ noun, id }: TagOwner) {
  const { table, owner, type } = TAG_TABLES[noun];
  return {
    table: Prisma.raw(`"${table}"`),
    owner: Prisma.raw(`"${owner}"`),
    id: Prisma.sql`${id}::${Prisma.raw(type)}`,
  };
}

/** The values of the keys that are set. */
export async function readTags(
  tx: Transaction,
  tagged: TagOwner,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { table, owner, id } = partsOf(tagged);
  const rows = await tx.$queryRaw<Tag[]>`
    SELECT "key", "value" FROM ${table} WHERE ${owner} = ${id} AND "key" = ANY(${keys}::text[])`;
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Sets tags, in one statement. Writes them in the order of their keys, so that concurrent writers do not deadlock. */
export async function writeTags(
  tx: Transaction,
  tagged: TagOwner,
  { tags, author }: { readonly tags: readonly Tag[]; readonly author: Author },
): Promise<void> {
  if (tags.length === 0) return;
  const { table, owner, id } = partsOf(tagged);
  await tx.$executeRaw`
    INSERT INTO ${table} (${owner}, "key", "value", "setById")
    SELECT ${id}, t."key", t."value", ${authorId(author)}
    FROM json_to_recordset(${JSON.stringify(tags)}::json) AS t("key" text, "value" text)
    ORDER BY t."key"
    ON CONFLICT (${owner}, "key") DO UPDATE SET "value" = EXCLUDED."value", "setById" = EXCLUDED."setById"`;
}

export async function removeTag(tx: Transaction, tagged: TagOwner, key: string): Promise<void> {
  const { table, owner, id } = partsOf(tagged);
  await tx.$executeRaw`DELETE FROM ${table} WHERE ${owner} = ${id} AND "key" = ${key}`;
}
