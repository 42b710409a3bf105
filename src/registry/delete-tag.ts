import { NotFoundError } from "../domain/errors.js";
import { COMMAND_SCOPE } from "../domain/policy.js";
import { TAG_KEY_MAX } from "../domain/tag.js";
import { parseLine } from "../domain/text.js";
import { type CommandContext, requireScopes } from "./command.js";
import { lockTagTarget, type TagTarget, type TagTargetRef } from "./tag-target.js";

export interface DeleteTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
}

export async function deleteTag(context: CommandContext, input: DeleteTagInput): Promise<TagTarget> {
  requireScopes(context.viewer, [COMMAND_SCOPE.deleteTag], "deleteTag");
  const key = parseLine("input.key", input.key, TAG_KEY_MAX);
  return context.transact(async (work) => {
    const target = await lockTagTarget(work, input.on);
    const value = await target.read(key);
    if (value === null) throw new NotFoundError(`The tag "${key}" was not found.`);
    await target.remove(key);
    work.emit({
      type: target.version ? "model_version.tag_deleted" : "model.tag_deleted",
      model: target.model,
      ...(target.version ? { version: target.version } : {}),
      before: { key, value },
      after: null,
    });
    return target.ids;
  });
}
