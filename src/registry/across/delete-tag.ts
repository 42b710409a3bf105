import { NotFoundError } from "../../domain/errors.js";
import { TAG_KEY_MAX } from "../../domain/values/tag.js";
import { parseAnyLine } from "../../domain/values/text.js";
import { readTags, removeTag } from "../../store/across/tags.js";
import { type CommandContext, requireScopes } from "../command.js";
import { changeTag, type TagTarget, type TagTargetRef, tagRules } from "./tag-target.js";

export interface DeleteTagInput {
  readonly on: TagTargetRef;
  readonly key: string;
}

/**
 * Deletes a tag. Returns the ids of the object that had it.
 *
 * Errors: FORBIDDEN, also by a policy that reserves the tag; INVALID_INPUT; NOT_FOUND (the object or the tag); POLICY_NOT_MET
 * while a policy freezes tags.
 */
export async function deleteTag(context: CommandContext, input: DeleteTagInput): Promise<TagTarget> {
  requireScopes(context.viewer, [tagRules(input.on).scope], "deleteTag");
  const key = parseAnyLine("input.key", input.key, TAG_KEY_MAX);
  return context.transact((work) =>
    changeTag(work, { on: input.on, key }, async ({ owner, noun, about }) => {
      const value = (await readTags(work.tx, owner, [key])).get(key);
      if (value === undefined) throw new NotFoundError(`The tag "${key}" was not found.`);
      await removeTag(work.tx, owner, key);
      work.emit({ ...about, type: `${noun}.tag_deleted`, before: { key, value }, after: null });
    }),
  );
}
