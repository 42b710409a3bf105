import { COMMAND_SCOPE } from "../domain/policy.js";
import { parseTag } from "../domain/tag.js";
import { type CommandContext, requireScopes } from "./command.js";
import { lockTagTarget, type TagTarget, type TagTargetRef } from "./tag-target.js";

export interface SetTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
  readonly value: string;
}

/** Sets a tag, in place of the value that the key may have had. */
export async function setTag(context: CommandContext, input: SetTagInput): Promise<TagTarget & { key: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.setTag], "setTag");
  const { key, value } = parseTag("input", input);
  return context.transact(async (work) => {
    const target = await lockTagTarget(work, input.on);
    const before = await target.read(key);
    if (before === value) return { ...target.ids, key };
    await target.write(key, value);
    work.emit({
      type: target.version ? "model_version.tag_set" : "model.tag_set",
      model: target.model,
      ...(target.version ? { version: target.version } : {}),
      before: before === null ? null : { key, value: before },
      after: { key, value },
    });
    return { ...target.ids, key };
  });
}
