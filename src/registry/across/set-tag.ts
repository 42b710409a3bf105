import { parseTag } from "../../domain/values/tag.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeTags } from "./change-tags.js";
import { lockTagTarget, rulesOfTagging, type TagTarget, type TagTargetRef } from "./tag-target.js";

export interface SetTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
  readonly value: string;
}

/** Sets a tag, in place of the value that the key may have had. */
export async function setTag(context: CommandContext, input: SetTagInput): Promise<TagTarget> {
  const { scope, valueMax } = rulesOfTagging(input.on);
  requireScopes(context.viewer, [scope], "setTag");
  const { key, value } = parseTag("input", input, valueMax);
  return context.transact(async (work) => {
    const { ids, ...target } = await lockTagTarget(work, input.on);
    await changeTags(work, target, [{ key, value }]);
    return ids;
  });
}
