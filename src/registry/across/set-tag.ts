import { parseTag } from "../../domain/values/tag.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeTags } from "./change-tags.js";
import { changeTag, type TagTarget, type TagTargetRef, tagRules } from "./tag-target.js";

export interface SetTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
  readonly value: string;
}

/**
 * Sets a tag, and replaces the value that the key had. Returns the ids of the tagged object.
 *
 * Errors: FORBIDDEN, also by a policy that reserves the tag; INVALID_INPUT; NOT_FOUND; POLICY_NOT_MET while a policy freezes tags.
 */
export async function setTag(context: CommandContext, input: SetTagInput): Promise<TagTarget> {
  const { scope, valueMax } = tagRules(input.on);
  requireScopes(context.viewer, [scope], "setTag");
  const { key, value } = parseTag("input", input, valueMax);
  return context.transact((work) =>
    changeTag(work, { on: input.on, key }, (target) => changeTags(work, target, [{ key, value }])),
  );
}
