import { FIELD_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { isCreator } from "../../registry/command.js";
import { visibleRun, visibleVersion } from "../../store/access/visibility.js";
import type { Prisma } from "../../store/generated/client.js";
import type { Context } from "../kit/context.js";
import { STAGE_NAMES } from "./stage-names.js";
import { parseVersion } from "./version-number.js";

const COLUMNS = {
  id: true,
  modelId: true,
  number: true,
  stage: true,
  status: true,
  statusMessage: true,
  description: true,
  source: true,
  createdByIssuer: true,
  createdBySubject: true,
  createdAt: true,
  updatedAt: true,
  runId: true,
  externalRunId: true,
  externalModelId: true,
  loggedModelId: true,
  runLink: true,
  model: { select: { name: true } },
  tags: { select: { key: true, value: true }, orderBy: { key: "asc" } },
} as const satisfies Prisma.ModelVersionSelect;

export type VersionRow = Prisma.ModelVersionGetPayload<{ select: typeof COLUMNS }>;

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
  const row = await context.db.modelVersion.findFirst({ where, select: COLUMNS });
  if (row) return row;
  throw new NotFoundError("The version was not found.");
}

export async function readVersionWithAliases(context: Context, where: Prisma.ModelVersionWhereInput) {
  const visible = { AND: [visibleVersion(context.viewer), where] };
  const row = await context.db.modelVersion.findFirst({ where: visible, select: COLUMNS, orderBy: { number: "desc" } });
  if (!row) return null;
  const [[version], aliases] = await Promise.all([
    toModelVersions(context, [row]),
    context.db.alias.findMany({ where: { versionId: row.id }, select: { name: true }, orderBy: { name: "asc" } }),
  ]);
  return { ...version, ...(aliases.length > 0 ? { aliases: aliases.map((alias) => alias.name) } : {}) };
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
  const rows = await db.modelVersion.findMany({ where: { id: { in: [...ids] } }, select: COLUMNS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The run of each version by its id, of this registry where the viewer may see it, or of another. */
export async function runsOf(
  { db, viewer }: Context,
  rows: readonly VersionRow[],
): Promise<(row: VersionRow) => string> {
  const ids = [...new Set(rows.flatMap(({ runId }) => runId ?? []))];
  const isReader = holdsScope(viewer.scopes, TYPE_SCOPE.Run);
  const seen =
    ids.length > 0 && isReader
      ? await db.run.findMany({ where: { AND: [visibleRun(viewer), { id: { in: ids } }] }, select: { id: true } })
      : [];
  const visible = new Set(seen.map(({ id }) => id));
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
