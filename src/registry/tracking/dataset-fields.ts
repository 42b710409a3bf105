import { AlreadyExistsError } from "../../domain/errors.js";
import { parseDatasetDigest, parseDatasetName, SOURCE_TYPE_MAX } from "../../domain/tracking/dataset.js";
import { omitUndefined } from "../../domain/values/fields.js";
import { type JsonValue, parseUserJson, USER_JSON_MAX } from "../../domain/values/json.js";
import { parseSource, refuseSecrets } from "../../domain/values/source-uri.js";
import { parseLine, parseOptional, parseText } from "../../domain/values/text.js";
import { toJsonColumn } from "../../store/json/json-column.js";
import { shareDatasets } from "../../store/tracking/dataset-lookup.js";
import { linkableDatasets } from "../across/dataset-lookup.js";
import { aboutDataset } from "../across/event-subjects.js";
import { actorColumns, type Work } from "../command.js";

/** A dataset as a client describes it. Name and digest identify it; the other fields are kept from the first description. */
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly schema?: unknown;
  readonly profile?: unknown;
  /** Source, schema and profile as an MLflow client wrote them, which are kept byte for byte. */
  readonly texts?: DatasetTexts;
}

export interface DatasetTexts {
  readonly source?: string | undefined;
  readonly schema?: string | undefined;
  readonly profile?: string | undefined;
}

export interface NewDataset {
  /** The field of the input that describes it. */
  readonly field: string;
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schema: JsonValue;
  readonly profile: JsonValue;
  readonly sourceText?: string;
  readonly schemaText?: string;
  readonly profileText?: string;
}

export function parseDataset(field: string, input: DatasetInput, sourceSchemes: readonly string[]): NewDataset {
  const json = (name: "schema" | "profile") =>
    input[name] === undefined || input[name] === null ? null : parseUserJson(`${field}.${name}`, input[name]);
  return {
    field,
    name: parseDatasetName(`${field}.name`, input.name),
    digest: parseDatasetDigest(`${field}.digest`, input.digest),
    sourceType:
      parseOptional(input.sourceType, (text) => parseLine(`${field}.sourceType`, text, SOURCE_TYPE_MAX)) ?? null,
    source: parseOptional(input.source, (text) => parseSource(`${field}.source`, text, sourceSchemes)) ?? null,
    schema: json("schema"),
    profile: json("profile"),
    ...parseTexts(field, input.texts ?? {}),
  };
}

function parseTexts(field: string, { source, schema, profile }: DatasetTexts) {
  const text = (name: keyof DatasetTexts, value: string | undefined) =>
    value === undefined ? undefined : parseText(`${field}.${name}`, value, USER_JSON_MAX);
  if (source !== undefined) refuseSecrets(`${field}.source`, source);
  return omitUndefined<Pick<NewDataset, "sourceText" | "schemaText" | "profileText">>({
    sourceText: text("source", source),
    schemaText: text("schema", schema),
    profileText: text("profile", profile),
  });
}

/**
 * Inserts the datasets that do not exist yet. Returns the ids of all, in their order, and whether each is new. Always two
 * statements, and a third for a narrowed token; all commands insert in the same order, so that they do not deadlock.
 *
 * Throws ALREADY_EXISTS for an existing dataset that the token may not link: an edge from a visible run would show it.
 */
export async function ensureDatasets(
  work: Work,
  datasets: readonly NewDataset[],
): Promise<{ id: string; created: boolean }[]> {
  if (datasets.length === 0) return [];
  const rows = datasets.map(({ field: _, ...columns }) => ({ ...columns, id: work.newId() }));
  await work.tx.dataset.createMany({
    data: [...rows].sort(byIdentity).map(({ schema, profile, ...plain }) => ({
      ...plain,
      schema: toJsonColumn(schema),
      profile: toJsonColumn(profile),
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
  const added = new Set(rows.map(({ id }) => id));
  await requireLinkable(
    work,
    datasets.flatMap((dataset, index) => {
      const id = living[index]?.id;
      return id === undefined || added.has(id) ? [] : [{ ...dataset, id }];
    }),
  );
  return rows.map(({ id, ...fields }, index) => {
    const created = living[index]?.id === id;
    if (created) work.emit({ ...aboutDataset(id), type: "dataset.registered", after: fields });
    return { id: living[index]?.id ?? id, created };
  });
}

async function requireLinkable(work: Work, existing: readonly (NewDataset & { id: string })[]): Promise<void> {
  const linkable = await linkableDatasets(
    work,
    existing.map(({ id }) => id),
  );
  const hidden = existing.find(({ id }) => !linkable.has(id));
  if (!hidden) return;
  const { field, name, digest } = hidden;
  throw new AlreadyExistsError(
    `A dataset "${name}" with the digest "${digest}" already exists, and this token does not cover it. A token that is narrowed by a models or an experiments claim links existing data only if a run that it covers uses them. Link it with a token that covers every run, or register it under another name.`,
    { field: `${field}.digest` },
  );
}

type Identity = Pick<NewDataset, "name" | "digest">;

function byIdentity(a: Identity, b: Identity): number {
  const [left, right] = [`${a.name} ${a.digest}`, `${b.name} ${b.digest}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
