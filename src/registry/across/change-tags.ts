import type { TagInput } from "../../domain/values/tag.js";
import { readTags, writeTags } from "../../store/across/tags.js";
import type { Work } from "../command.js";
import type { LockedTagTarget } from "./tag-target.js";

/** Sets tags of what is locked, and tells of each that had another value, or none. Statements do not grow with their number. */
export async function changeTags(
  work: Work,
  { owner, noun, about }: Omit<LockedTagTarget, "ids">,
  tags: readonly TagInput[],
): Promise<void> {
  if (tags.length === 0) return;
  const held = await readTags(
    work.tx,
    owner,
    tags.map(({ key }) => key),
  );
  const changed = tags.filter(({ key, value }) => held.get(key) !== value);
  await writeTags(work.tx, owner, changed);
  for (const { key, value } of changed) {
    const before = held.get(key);
    work.emit({
      ...about,
      type: `${noun}.tag_set`,
      before: before === undefined ? null : { key, value: before },
      after: { key, value },
    });
  }
}
