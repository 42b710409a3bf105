import { authorOf } from "../../domain/access/author.js";
import type { TagInput } from "../../domain/values/tag.js";
import { readTags, writeTags } from "../../store/across/tags.js";
import type { Work } from "../command.js";
import type { LockedTagTarget } from "./tag-target.js";

/**
 * Sets tags of a locked object, and emits an event for each tag whose value changes. A tag that has the value already keeps
 * its author: nothing was changed. The number of statements does not depend on the number of tags.
 */
export async function changeTags(
  work: Work,
  { owner, noun, about }: Omit<LockedTagTarget, "ids">,
  tags: readonly TagInput[],
): Promise<void> {
  if (tags.length === 0) return;
  const keys = tags.map(({ key }) => key);
  const current = await readTags(work.tx, owner, keys);
  const changed = tags.filter(({ key, value }) => current.get(key) !== value);
  await writeTags(work.tx, owner, { tags: changed, author: authorOf(work.viewer) });
  for (const { key, value } of changed) {
    const before = current.get(key);
    work.emit({
      ...about,
      type: `${noun}.tag_set`,
      before: before === undefined ? null : { key, value: before },
      after: { key, value },
    });
  }
}
