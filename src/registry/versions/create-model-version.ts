import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { type ModelRef, parseModelName } from "../../domain/models/model.js";
import { isPrompt } from "../../domain/models/prompt.js";
import type { JsonObject } from "../../domain/values/json.js";
import { always, type MeaningOf, optional, UNCOMPARED, unordered, userJson } from "../../domain/values/meaning.js";
import { parseTags, type TagInput } from "../../domain/values/tag.js";
import { parseOptional } from "../../domain/values/text.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { type ModelVersionStatus, parseExternalId } from "../../domain/versions/version.js";
import { writeTags } from "../../store/across/tags.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { insertVersion as insertRow } from "../../store/versions/insert-version.js";
import { findAndLockModel, lockModel } from "../across/lookup.js";
import { type Directory, freezeDirectory } from "../artifacts/directory-digest.js";
import { type CommandContext, requireCoveredName, requireScopes, type Work } from "../command.js";
import { enterGate, type Gate, OPEN_GATE } from "../governance/gate.js";
import { requireTagRights } from "../governance/protection.js";
import { withIdempotencyKey } from "../idempotency.js";
import { insertModel } from "../models/insert-model.js";
import { moveAlias } from "./move-alias.js";
import { linkToLoggedModel, placeLoggedModel, takeLoggedModel } from "./source-logged-model.js";
import { linkToRun, placeRun, requireRun, requireScopeForRun } from "./source-run.js";
import { parseVersionFields, type VersionFields, type VersionFieldsInput } from "./version-fields.js";

export interface CreateModelVersionInput extends VersionFieldsInput {
  readonly model: ModelRef;
  readonly createModel?: boolean | null | undefined;
  readonly status?: ModelVersionStatus | null | undefined;
  /** In place of `run`: a run of this registry or of any other tracking server, by its id there. */
  readonly anyRun?: string | null | undefined;
  /** The id of the logged model that the version is registered from. */
  readonly loggedModel?: string | null | undefined;
  /** In place of `loggedModel`: one of this registry or of any other tracking server, by its id there. */
  readonly anyLoggedModel?: string | null | undefined;
  /** The directory of this server's artifacts that `source` names. Its files have the digest that is recorded. */
  readonly directory?: Directory | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  readonly aliases?: readonly string[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

interface NewVersion {
  readonly fields: VersionFields;
  readonly anyRun: string | null;
  readonly loggedModel: string | null;
  readonly anyLoggedModel: string | null;
  readonly directory: Directory | null;
  readonly status: ModelVersionStatus;
  readonly tags: readonly TagInput[];
  readonly aliases: readonly string[];
}

/**
 * Creates the next version of a model, and with `createModel` the model too. Numbers rise by one and have no gaps, with any
 * number of concurrent writers.
 *
 * Errors: FORBIDDEN, also if the token does not cover the name of a model that is to be created; INVALID_INPUT; NOT_FOUND
 * (the model, the run or the logged model); CONFLICT if the idempotency key was used with other input, or if the files of the
 * directory have another digest by now; POLICY_NOT_MET if a policy guards one of the aliases.
 */
export async function createModelVersion(
  context: CommandContext,
  input: CreateModelVersionInput,
): Promise<{ id: string }> {
  const aliases = [...new Set((input.aliases ?? []).map((name, i) => parseAlias(`input.aliases[${i}]`, name)))];
  const scopes = [COMMAND_SCOPE.createModelVersion, ...(aliases.length > 0 ? [COMMAND_SCOPE.setAlias] : [])];
  requireScopes(context.viewer, scopes, "createModelVersion");
  const status = input.status ?? "READY";
  const tags = parseTags("input.tags", input.tags ?? []);
  const fields = parseVersionFields(input, context.sourceSchemes, isPrompt(tags));
  if (status !== "PENDING_REGISTRATION" && !fields.source) {
    throw new InvalidInputError("input.source", "input.source is required unless the status is PENDING_REGISTRATION.");
  }
  const anyRun = parseOptional(input.anyRun, (id) => parseExternalId("input.anyRun", id)) ?? null;
  const loggedModel = input.loggedModel ?? null;
  const anyLoggedModel =
    parseOptional(input.anyLoggedModel, (id) => parseExternalId("input.anyLoggedModel", id)) ?? null;
  requireScopeForRun(context, { ...fields, loggedModelId: loggedModel }, "createModelVersion");
  return context.transact(async (work) => {
    const gate = aliases.length > 0 ? await enterGate(work) : OPEN_GATE;
    const model = await modelFor(work, input);
    const { directory = null } = input;
    const version = { fields, anyRun, loggedModel, anyLoggedModel, directory, status, tags, aliases };
    const call = {
      mutation: "createModelVersion",
      input,
      meaning: meaningOfVersion(model.id, version),
      version1: { ...fields, modelId: model.id, status, tags, aliases } as JsonObject,
    };
    return withIdempotencyKey(work, call, () => insertVersion(work, gate, model, version));
  });
}

function meaningOfVersion(
  modelId: string,
  { fields, anyRun, loggedModel, anyLoggedModel, status, tags, aliases }: NewVersion,
): MeaningOf<CreateModelVersionInput> {
  return {
    model: always(modelId),
    // the model exists by now, whoever created it
    createModel: UNCOMPARED,
    source: optional(fields.source),
    description: optional(fields.description),
    statusMessage: optional(fields.statusMessage),
    digest: optional(fields.digest),
    signature: userJson(fields.signature),
    flavors: userJson(fields.flavors),
    run: optional(fields.runId),
    anyRun: optional(anyRun),
    loggedModel: optional(loggedModel),
    anyLoggedModel: optional(anyLoggedModel),
    runLink: optional(fields.runLink),
    // it follows from the source, and its digest is compared
    directory: UNCOMPARED,
    tags: unordered(tags),
    aliases: unordered(aliases),
    status: always(status),
  };
}

async function modelFor(work: Work, { model: ref, createModel }: CreateModelVersionInput): Promise<LockedModel> {
  if (!createModel || !("name" in ref)) return lockModel(work, ref);
  requireCoveredName(work.viewer, ref.name, COMMAND_SCOPE.createModelVersion);
  const existing = await findAndLockModel(work, ref);
  if (existing) return existing;
  const name = parseModelName("input.model.name", ref.name);
  await insertModel(work, { name, description: null, tags: [] });
  return lockModel(work, { name });
}

async function insertVersion(work: Work, gate: Gate, model: LockedModel, version: NewVersion): Promise<{ id: string }> {
  const { status, tags, aliases } = version;
  const id = work.newId();
  const fields = { ...version.fields, ...(await placeOrigin(work, version)) };
  await requireRun(work, fields);
  await requireTagRights(
    work,
    { model, versionId: id },
    tags.map(({ key }) => key),
  );
  const number = await insertRow(work.tx, {
    id,
    modelId: model.id,
    status,
    fields,
    createdBy: work.viewer.actor,
    at: work.at,
  });
  await writeTags(work.tx, { noun: "ModelVersion", id }, { tags, author: authorOf(work.viewer) });
  if (version.directory) await freezeDirectory(work, id, version.directory);
  await linkToRun(work, id, fields);
  await linkToLoggedModel(work, id, fields);
  work.emit({
    type: "model_version.created",
    model,
    version: { id, number },
    after: { ...(fields as JsonObject), status, stage: "NONE", tags },
  });
  for (const alias of aliases) await moveAlias(work, gate, model, { name: alias, to: { id, number } });
  return { id };
}

/** The run and the logged model that the version comes from. Logged models are locked before runs. */
async function placeOrigin(
  work: Work,
  { fields, anyRun, loggedModel, anyLoggedModel }: NewVersion,
): Promise<VersionFields> {
  const namesRun = anyRun !== null || typeof fields.runId === "string";
  const ofModel =
    loggedModel !== null
      ? await takeLoggedModel(work, loggedModel, namesRun)
      : anyLoggedModel !== null
        ? await placeLoggedModel(work, anyLoggedModel, namesRun)
        : {};
  return { ...ofModel, ...(anyRun === null ? {} : await placeRun(work, anyRun)) };
}
