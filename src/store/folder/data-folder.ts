import { randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode, errorMessage } from "../../util/error-text.js";
import type { DatabaseLog } from "../connection/database.js";
import { DatabaseStartError } from "../connection/start-error.js";
import { createInChild } from "./database-creation.js";
import { type FolderLock, lockFolder } from "./folder-lock.js";
import { makeFolder } from "./make-folder.js";
import { syncFolder } from "./sync-folder.js";

/** The version of PostgreSQL that PGlite embeds. */
const MAJOR = "18";

/** Locks PGlite's folder for this process. Creates the database if there is none: completely or not at all. */
export async function openDataFolder(folder: string, log: DatabaseLog): Promise<FolderLock> {
  try {
    await makeFolder(dirname(folder));
    const lock = await lockFolder(folder);
    try {
      await sweepDrafts(folder);
      if (!(await hasDatabase(folder))) await createDatabase(folder, log);
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw error instanceof DatabaseStartError ? error : new DatabaseStartError(describeFailure(folder, error));
  }
}

/** Whether the folder has a database that this server can open. Throws if it holds something else. */
export async function hasDatabase(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  if (names.length === 0) return false;
  if (!names.includes("PG_VERSION")) {
    throw new DatabaseStartError(
      `The folder ${folder} holds files that are not a database; use an empty or another folder.`,
    );
  }
  const major = (await readFile(join(folder, "PG_VERSION"), "utf8")).trim();
  if (major === MAJOR) return true;
  throw new DatabaseStartError(
    `The database in ${folder} was made by PostgreSQL ${major}, and this server embeds ${MAJOR}; use the server that made it, or another folder.`,
  );
}

/** A PGlite that is killed while it fills a new folder can never open it again, so it fills a draft, which is then renamed. */
async function createDatabase(folder: string, log: DatabaseLog): Promise<void> {
  log.info(`Creating an embedded database in ${folder}. This is done once and takes a few seconds.`);
  const draft = `${folder}.new-${randomBytes(6).toString("hex")}`;
  try {
    await createInChild(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(dirname(folder));
}

/** Removes the drafts of creations that were killed. Only the owner of the lock may: no other process is creating one. */
async function sweepDrafts(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.new-`;
  const drafts = (await readdir(dirname(folder))).filter((name) => name.startsWith(prefix));
  await Promise.all(drafts.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })));
}

function describeFailure(folder: string, error: unknown): string {
  switch (errorCode(error)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `The data folder ${folder} cannot be written by this user (${errorCode(error)}); change its owner, or use another folder.`;
    case "ENOTDIR":
    case "EEXIST":
      return `The data folder ${folder} cannot be made because a file is in its way; use another folder.`;
    case "ENOENT":
      return `The data folder ${folder} cannot be made at that place (ENOENT); use another folder.`;
    case "ENOSPC":
    case "EDQUOT":
      return `There is no room left for the data folder ${folder}.`;
    default:
      return `The data folder ${folder} cannot be used: ${errorMessage(error)}.`;
  }
}
