import { TooComplexError } from "../../domain/errors.js";
import { listDirectory } from "../../store/artifacts/artifact-files.js";
import type { ReadDatabase } from "../kit/context.js";

/** MLflow's list has no pages. */
const MAX_ENTRIES = 100_000;

/** What is in a directory, as MLflow lists it: names without the directory, no size for directories, no list if it is empty. */
export async function listFiles(db: ReadDatabase, path: string, prefix = "") {
  const entries = await listDirectory(db, path, MAX_ENTRIES);
  if (entries.length > MAX_ENTRIES)
    throw new TooComplexError(`The directory has more than ${MAX_ENTRIES} entries; list the directories below it.`);
  if (entries.length === 0) return {};
  const files = entries.map(({ name, isDirectory, size }) => ({
    path: `${prefix}${name}`,
    is_dir: isDirectory,
    ...(isDirectory || size === 0 ? {} : { file_size: size }),
  }));
  return { files };
}
