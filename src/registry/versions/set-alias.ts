import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import type { ModelRef } from "../../domain/models/model.js";
import { always, type MeaningOf, optional, threeState, UNCOMPARED } from "../../domain/values/meaning.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { parseReason } from "../../domain/versions/reason.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { describeModel, findVersionByNumber, type LockedVersion, lockModel, lockVersion } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { enterGate, type OverrideInput, parseOverride } from "../governance/gate.js";
import { withIdempotencyKey } from "../idempotency.js";
import { type AliasMoved, moveAlias } from "./move-alias.js";

export interface SetAliasInput {
  readonly alias: string;
  /** The version to point the alias to; otherwise `model` and `number` name it. */
  readonly version?: ModelVersionRef | null | undefined;
  /** The model of the version. Beside `version` it is only checked. */
  readonly model?: ModelRef | null | undefined;
  readonly number?: number | null | undefined;
  /** The version that the alias must point to now; null = it must not be set; absent = no check. */
  readonly expectedNumber?: number | null | undefined;
  readonly reason?: string | null | undefined;
  readonly override?: OverrideInput | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

type Target =
  | { readonly version: ModelVersionRef; readonly model: ModelRef | null }
  | { readonly model: ModelRef; readonly number: number };

/**
 * Points an alias to a version, whether it is set or not.
 *
 * Errors: FORBIDDEN, also by a policy that names others; INVALID_INPUT, also if the version is of another model than `model`;
 * NOT_FOUND (the model or the version); CONFLICT if `expectedNumber` does not hold, or if the idempotency key was used with
 * other input; POLICY_NOT_MET.
 */
export async function setAlias(context: CommandContext, input: SetAliasInput): Promise<AliasMoved> {
  requireScopes(context.viewer, [COMMAND_SCOPE.setAlias], "setAlias");
  const name = parseAlias("input.alias", input.alias);
  const reason = parseReason("input.reason", input.reason);
  const override = parseOverride(context, input.override, "setAlias");
  const target = parseTarget(input);
  const { expectedNumber } = input;
  return context.transact(async (work) => {
    const gate = await enterGate(work);
    const { model, version } = await lockTarget(work, target);
    const meaning: MeaningOf<SetAliasInput> = {
      alias: always(name),
      version: always(version.id),
      // the version belongs to one model, in which it has one number
      model: UNCOMPARED,
      number: UNCOMPARED,
      expectedNumber: threeState(expectedNumber),
      reason: optional(reason),
      override: optional(override?.reason),
    };
    return withIdempotencyKey(work, { mutation: "setAlias", input, meaning }, () =>
      moveAlias(work, gate, model, { name, to: version, expectedNumber, reason, override }),
    );
  });
}

function parseTarget({ version, model, number }: SetAliasInput): Target {
  const isNumbered = number !== null && number !== undefined;
  if (version && !isNumbered) return { version, model: model ?? null };
  if (!version && model && isNumbered) return { model, number };
  throw new InvalidInputError("input.version", "Give either input.version, or input.model and input.number.");
}

async function lockTarget(work: Work, target: Target): Promise<LockedVersion> {
  if ("version" in target) {
    const locked = await lockVersion(work, target.version);
    if (target.model) requireModel(locked, target.model);
    return locked;
  }
  const model = await lockModel(work, target.model);
  const version = await findVersionByNumber(work, model, target.number);
  if (!version || version.deletedAt !== null) {
    throw new NotFoundError(`${describeModel(target.model)} has no version ${target.number}.`);
  }
  return { model, version };
}

/** The model is compared and not looked up, so that a hidden model is refused as a missing one. */
function requireModel({ model }: LockedVersion, ref: ModelRef): void {
  if ("id" in ref ? ref.id === model.id : ref.name === model.name) return;
  throw new InvalidInputError("input.model", "input.version is not a version of input.model.");
}
