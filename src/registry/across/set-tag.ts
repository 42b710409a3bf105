import { parseTag } from "../../domain/values/tag.js";
import { readTags } from "../../store/across/tags.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeTags } from "./change-tags.js";
import { changeTag, type TagTarget, type TagTargetRef, tagRules } from "./tag-target.js";

export interface SetTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
  /** Or what makes it from the value that the key has, which nobody changes meanwhile. */
  readonly value: string | ((current: string | undefined) => string);
}

/**
 * Sets a tag, and replaces the value that the key had. Returns the ids of the tagged object.
 *
 * Errors: FORBIDDEN, also by a policy that reserves the tag; INVALID_INPUT; NOT_FOUND; POLICY_NOT_MET while a policy freezes tags.
 */
export async function setTag(context: CommandContext, input: SetTagInput): Promise<TagTarget> {
  const { scope, valueMax } = tagRules(input.on);
  requireScopes(context.viewer, [scope], "setTag");
  const { on, value } = input;
  const parse = (text: string) => parseTag("input", { key: input.key, value: text }, valueMax);
  const { key } = parse(typeof value === "string" ? value : "");
  return context.transact((work) =>
    changeTag(work, { on, key }, async (target) => {
      const text = typeof value === "string" ? value : value((await readTags(work.tx, target.owner, [key])).get(key));
      await changeTags(work, target, [parse(text)]);
    }),
  );
}
