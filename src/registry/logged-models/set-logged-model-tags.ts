import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { requireFreeTags } from "../../domain/logged-models/logged-model.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { changeTags } from "../across/change-tags.js";
import { aboutLoggedModel, lockLoggedModel } from "../across/logged-model-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";

/**
 * Sets tags of a logged model: all of them or, on an error, none.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND.
 */
export async function setLoggedModelTags(
  context: CommandContext,
  input: { readonly loggedModel: string; readonly tags: readonly TagInput[] },
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.setTrackingTag], "setLoggedModelTags");
  const tags = parseTags("input.tags", input.tags, TRACKING_TAG_VALUE_MAX);
  requireFreeTags("input.tags", tags);
  return context.transact(async (work) => {
    const loggedModel = await lockLoggedModel(work, input.loggedModel, "NO KEY UPDATE");
    const { id } = loggedModel;
    const about = aboutLoggedModel(loggedModel);
    await changeTags(work, { owner: { noun: "LoggedModel", id }, noun: "logged_model", about }, tags);
    return { id };
  });
}
