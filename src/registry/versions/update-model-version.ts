import type { Viewer } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, FIELD_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { findChanges } from "../../domain/values/fields.js";
import {
  type ModelVersionRef,
  type ModelVersionStatus,
  STATUS_MOVES,
  WRITE_ONCE_FIELDS,
} from "../../domain/versions/version.js";
import type { ModelVersion } from "../../store/generated/client.js";
import { lockVersion } from "../across/lookup.js";
import { type CommandContext, isCreator, requireScopes } from "../command.js";
import { conflictWith } from "../current-state.js";
import { requireFieldRights } from "../governance/protection.js";
import { linkToRun, requireRun, requireScopeForRun } from "./source-run.js";
import { parseVersionFields, toColumns, type VersionFields, type VersionFieldsInput } from "./version-fields.js";

export interface UpdateModelVersionInput extends VersionFieldsInput {
  readonly version: ModelVersionRef;
  readonly status?: ModelVersionStatus | null | undefined;
}

type Changes = VersionFields & { status?: ModelVersionStatus };

/**
 * Changes the fields of a version. The fields that define what it is can change only while it is PENDING_REGISTRATION.
 *
 * Errors: FORBIDDEN; INVALID_INPUT, also if the version becomes READY without a source; NOT_FOUND (the version or the run);
 * CONFLICT if the status of the version does not allow the change; POLICY_NOT_MET while a policy freezes the description, or
 * guards an alias of the version.
 */
export async function updateModelVersion(
  context: CommandContext,
  input: UpdateModelVersionInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateModelVersion], "updateModelVersion");
  const fields = parseVersionFields(input, context.sourceSchemes);
  requireScopeForRun(context, fields, "updateModelVersion");
  return context.transact(async (work) => {
    const { model, version } = await lockVersion(work, input.version);
    const { id } = version;
    const wanted: Changes = { ...fields, ...(input.status ? { status: input.status } : {}) };
    // Otherwise a viewer who may not read the source could find out by guesses what it is: a right guess changes nothing.
    const isGuess = fields.source !== undefined && !mayReadSource(work.viewer, version);
    const changes = findChanges(version, wanted, isGuess ? ["source"] : []);
    if (!changes) return { id };
    const { columns, before, after } = changes;
    requireAllowedChange(work.viewer, version, columns);
    await requireFieldRights(work, { model, versionId: id }, Object.keys(columns));
    await requireRun(work, columns);
    await linkToRun(work, id, columns, version.runId);
    await work.tx.modelVersion.update({ where: { id }, data: toColumns(columns), select: { id: true } });
    work.emit({ type: "model_version.updated", model, version, before, after });
    return { id };
  });
}

function mayReadSource(viewer: Viewer, version: ModelVersion): boolean {
  return holdsScope(viewer.scopes, FIELD_SCOPE["ModelVersion.source"]) || isCreator(viewer, version);
}

function requireAllowedChange(viewer: Viewer, version: ModelVersion, changes: Changes): void {
  const fixed = WRITE_ONCE_FIELDS.find((field) => field in changes);
  if (fixed && version.status !== "PENDING_REGISTRATION") {
    const field = fixed === "runId" ? "run" : fixed;
    const plain = `${field} can be set only while the version is PENDING_REGISTRATION`;
    throw conflictWith(viewer, "ModelVersion", {
      message: `${plain}; it is ${version.status}.`,
      plain: `${plain}.`,
      details: { field: `input.${field}` },
      values: { status: version.status },
    });
  }
  const { status } = changes;
  if (!status) return;
  const allowed: readonly ModelVersionStatus[] = STATUS_MOVES[version.status];
  if (!allowed.includes(status)) {
    throw conflictWith(viewer, "ModelVersion", {
      message: `The status of a version cannot change from ${version.status} to ${status}.`,
      plain: `The status of this version cannot change to ${status}.`,
      details: { field: "input.status" },
      values: { status: version.status },
    });
  }
  if (status === "READY" && !(changes.source === undefined ? version.source : changes.source)) {
    throw new InvalidInputError("input.source", "A READY version needs a source.");
  }
}
