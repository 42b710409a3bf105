import { authorOf } from "../../domain/access/author.js";
import { systemViewer } from "../../domain/access/system-viewer.js";
import { DEFAULT_EXPERIMENT } from "../../domain/tracking/experiment.js";
import type { TagInput } from "../../domain/values/tag.js";
import { writeTags } from "../../store/across/tags.js";
import { aboutExperiment } from "../across/event-subjects.js";
import { actorColumns, type CommandServices, createCommandContext, type Work } from "../command.js";

const SYSTEM = systemViewer("tracking");

export interface NewExperiment {
  readonly name: string;
  readonly description?: string | null;
  readonly artifactRoot?: string | null;
  readonly tags?: readonly TagInput[];
}

/** Inserts an experiment. Returns its id, or null if a living experiment has the name: then nothing was written. */
export async function insertExperiment(work: Work, experiment: NewExperiment): Promise<string | null> {
  const { name, description = null, artifactRoot = null, tags = [] } = experiment;
  const id = work.newId();
  const row = { id, name, liveName: name, description, artifactRoot, createdAt: work.at, updatedAt: work.at };
  const number = await insertNumbered(work, { ...row, ...actorColumns(work.viewer) });
  if (number === null) return null;
  await writeTags(work.tx, { noun: "Experiment", id }, { tags, author: authorOf(work.viewer) });
  const after = { name, description, number, tags, ...(artifactRoot === null ? {} : { artifactRoot }) };
  work.emit({ ...aboutExperiment({ id, name }), type: "experiment.created", after });
  return id;
}

type Row = NonNullable<Parameters<Work["tx"]["experiment"]["createManyAndReturn"]>[0]>["data"] & { name: string };

/** Number 0 is for the first experiment that is called Default; all others take the next number of the sequence. */
async function insertNumbered({ tx }: Work, row: Row): Promise<number | null> {
  const insert = (data: Row) =>
    tx.experiment.createManyAndReturn({ data, skipDuplicates: true, select: { number: true } });
  const { name, number } = DEFAULT_EXPERIMENT;
  const [first] = row.name === name ? await insert({ ...row, number }) : [];
  if (first) return first.number;
  const [inserted] = await insert(row);
  return inserted?.number ?? null;
}

/**
 * Creates experiment 0, which MLflow's clients expect on every server, unless it was created before: a deleted one is not
 * created again. The registry itself is the actor of the event. Returns whether the experiment exists, deleted or not.
 */
export function ensureDefaultExperiment(services: CommandServices, requestId: string): Promise<boolean> {
  return createCommandContext(services, SYSTEM, requestId).transact(async (work) => {
    const { name, number } = DEFAULT_EXPERIMENT;
    const isThere = async () => (await work.tx.experiment.count({ where: { number } })) > 0;
    if (await isThere()) return true;
    // null if another request creates it now, or if an experiment was renamed to its name
    const id = await insertExperiment(work, { name });
    return id !== null || isThere();
  });
}
