import { FIELD_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { isCreator } from "../../registry/command.js";
import { visibleRun, visibleVersion } from "../../store/access/visibility.js";
import { visibleIds } from "../../store/access/visible-ids.js";
import { type LatestVersion, VERSION_COLUMNS } from "../../store/across/latest-versions.js";
import type { Prisma } from "../../store/generated/client.js";
import type { Context } from "../kit/context.js";
import { STAGE_NAMES } from "./stage-names.js";
import { parseVersion } from "./version-number.js";

const ALIASES = { select: { name: true }, orderBy: { name: "asc" } } as const;
const WITH_ALIASES = { ...VERSION_COLUMNS, aliases: ALIASES } as const satisfies Prisma.ModelVersionSelect;

export type VersionRow = LatestVersion;
type AliasedRow = Prisma.ModelVersionGetPayload<{ select: typeof WITH_ALIASES }>;

/** The version of MLflow's fields. Aliases are left out where MLflow leaves them out. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly run_id: string;
  readonly aliases?: readonly string[];
  readonly [field: string]: unknown;
}

/** A living version that the viewer may see. Throws NOT_FOUND. */
export async function readVersionRow(
  context: Pick<Context, "db" | "viewer">,
  name: string,
  version: string,
): Promise<VersionRow> {
  const number = parseVersion(version);
  const where = { AND: [visibleVersion(context.viewer), { number, model: { liveName: name } }] };
  const row = await context.db.modelVersion.findFirst({ where, select: VERSION_COLUMNS });
  if (row) return row;
  throw new NotFoundError("The version was not found.");
}

export async function readVersionWithAliases(context: Context, where: Prisma.ModelVersionWhereInput) {
  const visible = { AND: [visibleVersion(context.viewer), where] };
  const orderBy = { number: "desc" } as const;
  const row = await context.db.modelVersion.findFirst({ where: visible, select: WITH_ALIASES, orderBy });
  return row && withAliases(context, row);
}

/** The version that an alias of a living model points to, if the viewer may see it. */
export async function readVersionByAlias(context: Context, model: string, alias: string) {
  const row = await context.db.alias.findFirst({
    where: { name: alias, model: { liveName: model }, modelVersion: visibleVersion(context.viewer) },
    select: { modelVersion: { select: WITH_ALIASES } },
  });
  return row && withAliases(context, row.modelVersion);
}

async function withAliases(context: Context, row: AliasedRow) {
  const [version] = await toModelVersions(context, [row]);
  const { aliases } = row;
  return { ...version, ...(aliases.length > 0 ? { aliases: aliases.map(({ name }) => name) } : {}) };
}

/** What a command made or changed. */
export async function readVersionById(context: Context, id: string) {
  const version = await readVersionWithAliases(context, { id });
  if (version) return version;
  throw new NotFoundError("The version was not found.");
}

/** Versions that the viewer may see, in the order of their ids. */
export async function readVersionRows({ db }: Context, ids: readonly string[]): Promise<VersionRow[]> {
  if (ids.length === 0) return [];
  const rows = await db.modelVersion.findMany({ where: { id: { in: [...ids] } }, select: VERSION_COLUMNS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The run of each version by its id, of this registry where the viewer may see it, or of another. */
export async function runsOf(
  { db, viewer }: Context,
  rows: readonly VersionRow[],
): Promise<(row: VersionRow) => string> {
  const isReader = holdsScope(viewer.scopes, TYPE_SCOPE.Run);
  const visible = await visibleIds(viewer, {
    noun: "Run",
    rows: isReader ? rows.flatMap(({ run }) => run ?? []) : [],
    lookUp: (ids) =>
      db.run.findMany({ where: { AND: [visibleRun(viewer), { id: { in: [...ids] } }] }, select: { id: true } }),
  });
  return ({ runId, externalRunId }) => (runId !== null && visible.has(runId) ? runId : (externalRunId ?? ""));
}

export async function toModelVersions(context: Context, rows: readonly VersionRow[]): Promise<ModelVersion[]> {
  const runOf = await runsOf(context, rows);
  return rows.map((row) => ({
    name: row.model.name,
    version: String(row.number),
    creation_timestamp: row.createdAt.getTime(),
    last_updated_timestamp: row.updatedAt.getTime(),
    current_stage: STAGE_NAMES[row.stage],
    description: row.description ?? "",
    ...(row.source !== null && mayReadSource(context, row) ? { source: row.source } : {}),
    run_id: runOf(row),
    status: row.status,
    ...(row.statusMessage === null ? {} : { status_message: row.statusMessage }),
    ...(row.tags.length > 0 ? { tags: row.tags } : {}),
    run_link: row.runLink ?? "",
  }));
}

/** Requires `artifacts:read`, except for the actor that registered the version. */
export function mayReadSource({ viewer }: Pick<Context, "viewer">, row: VersionRow): boolean {
  return holdsScope(viewer.scopes, FIELD_SCOPE["ModelVersion.source"]) || isCreator(viewer, row);
}
