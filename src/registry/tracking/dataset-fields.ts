import { parseDatasetDigest, parseDatasetName, SOURCE_TYPE_MAX } from "../../domain/tracking/dataset.js";
import { type JsonValue, parseUserJson } from "../../domain/values/json.js";
import { parseLine, parseOptional } from "../../domain/values/text.js";
import { parseSource } from "../../domain/versions/source-uri.js";
import { USER_JSON_MAX } from "../../domain/versions/version.js";
import { Prisma } from "../../store/generated/client.js";
import { shareDatasets } from "../../store/tracking/dataset-lookup.js";
import { actorColumns, type Work } from "../command.js";

/** A dataset as a client tells of it. Name and digest are its identity; the rest is taken from whoever tells of it first. */
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly schema?: unknown;
  readonly profile?: unknown;
}

export interface NewDataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schema: JsonValue;
  readonly profile: JsonValue;
}

export function parseDataset(field: string, input: DatasetInput, allowFileSource: boolean): NewDataset {
  const json = (name: "schema" | "profile") =>
    input[name] === undefined || input[name] === null
      ? null
      : parseUserJson(`${field}.${name}`, input[name], USER_JSON_MAX);
  return {
    name: parseDatasetName(`${field}.name`, input.name),
    digest: parseDatasetDigest(`${field}.digest`, input.digest),
    sourceType:
      parseOptional(input.sourceType, (text) => parseLine(`${field}.sourceType`, text, SOURCE_TYPE_MAX)) ?? null,
    source: parseOptional(input.source, (text) => parseSource(`${field}.source`, text, allowFileSource)) ?? null,
    schema: json("schema"),
    profile: json("profile"),
  };
}

/**
 * The ids of the datasets, in their order, and whether each is new. Two statements whatever their number; new ones are
 * written in one order by everybody, so that nobody waits in a ring.
 */
export async function ensureDatasets(
  work: Work,
  datasets: readonly NewDataset[],
): Promise<{ id: string; created: boolean }[]> {
  if (datasets.length === 0) return [];
  const rows = datasets.map((dataset) => ({ ...dataset, id: work.newId() }));
  await work.tx.dataset.createMany({
    data: [...rows].sort(byIdentity).map(({ schema, profile, ...plain }) => ({
      ...plain,
      schema: toColumn(schema),
      profile: toColumn(profile),
      createdAt: work.at,
      updatedAt: work.at,
      ...actorColumns(work.viewer),
    })),
    skipDuplicates: true,
  });
  const living = await shareDatasets(
    work.tx,
    datasets.map(({ name, digest }) => ({ name, digest })),
  );
  return rows.map(({ id, ...told }, index) => {
    const created = living[index]?.id === id;
    if (created) work.emit({ type: "dataset.registered", subject: { type: "Dataset", id }, after: { ...told } });
    return { id: living[index]?.id ?? id, created };
  });
}

function byIdentity(a: NewDataset, b: NewDataset): number {
  const [left, right] = [`${a.name} ${a.digest}`, `${b.name} ${b.digest}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function toColumn(value: JsonValue) {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}
