import { isSameActor, type Viewer } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, FIELD_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { ConflictError, InvalidInputError } from "../../domain/errors.js";
import { canonicalJson, type JsonObject, type JsonValue } from "../../domain/values/json.js";
import { type ModelVersionStatus, STATUS_MOVES, WRITE_ONCE_FIELDS } from "../../domain/versions/version.js";
import type { ModelVersion } from "../../store/generated/client.js";
import { lockVersion, type ModelVersionRef } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { linkToRun, requireRun, requireScopeForRun } from "./source-run.js";
import { parseVersionFields, toColumns, type VersionFields, type VersionFieldsInput } from "./version-fields.js";

export interface UpdateModelVersionInput extends VersionFieldsInput {
  readonly version: ModelVersionRef;
  readonly status?: ModelVersionStatus | null | undefined;
}

/** Changes what is said of a version. What a version is can be changed only while it is PENDING_REGISTRATION. */
export async function updateModelVersion(
  context: CommandContext,
  input: UpdateModelVersionInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateModelVersion], "updateModelVersion");
  const fields = parseVersionFields(input, context.allowFileSource);
  requireScopeForRun(context, fields, "updateModelVersion");
  return context.transact(async (work) => {
    const { model, version } = await lockVersion(work, input.version);
    const changes = changesOf(version, { ...fields, ...(input.status ? { status: input.status } : {}) });
    if (fields.source !== undefined && !mayReadSource(work.viewer, version)) changes.source = fields.source;
    if (Object.keys(changes).length === 0) return { id: version.id };
    requireAllowedChange(version, changes);
    await requireRun(work, changes);
    await linkToRun(work, version.id, changes, version.runId);
    await work.tx.modelVersion.update({ where: { id: version.id }, data: toColumns(changes), select: { id: true } });
    const before = Object.fromEntries(Object.keys(changes).map((key) => [key, currentValue(version, key)]));
    work.emit({ type: "model_version.updated", model, version, before, after: changes as JsonObject });
    return { id: version.id };
  });
}

/** Whoever may not read a source is not told either whether a guess at it is right: any value counts as a change. */
function mayReadSource(viewer: Viewer, { createdByIssuer: issuer, createdBySubject: subject }: ModelVersion): boolean {
  return (
    holdsScope(viewer.scopes, FIELD_SCOPE["ModelVersion.source"]) || isSameActor(viewer.actor, { issuer, subject })
  );
}

type Changes = VersionFields & { status?: ModelVersionStatus };

function changesOf(version: ModelVersion, wanted: Changes): Changes {
  const changed = Object.entries(wanted).filter(
    ([key, value]) => canonicalJson(value as JsonValue) !== canonicalJson(currentValue(version, key)),
  );
  return Object.fromEntries(changed);
}

function currentValue(version: ModelVersion, key: string): JsonValue {
  return version[key as keyof Changes] as JsonValue;
}

function inputOf(column: (typeof WRITE_ONCE_FIELDS)[number]): string {
  return column === "runId" ? "run" : column;
}

function requireAllowedChange(version: ModelVersion, changes: Changes): void {
  const fixed = WRITE_ONCE_FIELDS.find((field) => field in changes);
  if (fixed && version.status !== "PENDING_REGISTRATION") {
    throw new ConflictError(
      `${inputOf(fixed)} can be set only while the version is PENDING_REGISTRATION; it is ${version.status}.`,
      { field: `input.${inputOf(fixed)}`, status: version.status },
    );
  }
  const { status } = changes;
  if (!status) return;
  const allowed: readonly ModelVersionStatus[] = STATUS_MOVES[version.status];
  if (!allowed.includes(status)) {
    throw new ConflictError(`A version that is ${version.status} does not become ${status}.`, {
      field: "input.status",
      status: version.status,
    });
  }
  if (status === "READY" && !(changes.source === undefined ? version.source : changes.source)) {
    throw new InvalidInputError("input.source", "A READY version needs a source.");
  }
}
