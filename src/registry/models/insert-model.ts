import { authorOf } from "../../domain/access/author.js";
import { isPrompt } from "../../domain/models/prompt.js";
import type { TagInput } from "../../domain/values/tag.js";
import { writeTags } from "../../store/across/tags.js";
import { actorColumns, type Work } from "../command.js";

/** Inserts a model. Returns its id, or null if a living model has the name: then nothing was written. */
export async function insertModel(
  work: Work,
  { name, description, tags }: { name: string; description: string | null; tags: readonly TagInput[] },
): Promise<string | null> {
  const id = work.newId();
  const { count } = await work.tx.model.createMany({
    data: [
      {
        ...actorColumns(work.viewer),
        id,
        name,
        liveName: name,
        kind: isPrompt(tags) ? "PROMPT" : "MODEL",
        description,
        createdAt: work.at,
        updatedAt: work.at,
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return null;
  await writeTags(work.tx, { noun: "Model", id }, { tags, author: authorOf(work.viewer) });
  work.emit({ type: "model.registered", model: { id, name }, after: { name, description, tags } });
  return id;
}
