import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { findVersionByNumber, lockModel, type ModelRef } from "../across/lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { findAliasTarget, moveAlias } from "./move-alias.js";

export interface SetAliasInput {
  readonly model: ModelRef;
  readonly alias: string;
  readonly number: number;
  /** The version that the alias must be on now; null = it must not be set; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
}

export interface AliasMoved {
  readonly modelId: string;
  readonly name: string;
  readonly previousVersionId: string | null;
}

/** Puts an alias on a version of the model, from wherever it was. */
export async function setAlias(context: CommandContext, input: SetAliasInput): Promise<AliasMoved> {
  requireScopes(context.viewer, [COMMAND_SCOPE.setAlias], "setAlias");
  const name = parseAlias("input.alias", input.alias);
  return context.transact(async (work) => {
    const model = await lockModel(work, input.model);
    const version = await findVersionByNumber(work, model, input.number);
    if (!version || version.deletedAt !== null) {
      throw new NotFoundError(`Version ${input.number} of the model "${model.name}" was not found.`);
    }
    const from = await findAliasTarget(work, model, name);
    requireExpectedNumber(name, input.expectedNumber, from?.number ?? null);
    await moveAlias(work, model, name, version);
    return { modelId: model.id, name, previousVersionId: from?.id ?? null };
  });
}

export function requireExpectedNumber(alias: string, expected: number | null | undefined, number: number | null): void {
  if (expected === undefined || expected === number) return;
  const holds = number === null ? "is not set" : `is on version ${number}`;
  throw new ConflictError(`The alias "${alias}" ${holds}.`, { field: "input.expectedNumber", number });
}
