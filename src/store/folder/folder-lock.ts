import { randomBytes } from "node:crypto";
import { link, readdir, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../util/error-text.js";
import { DatabaseStartError } from "../connection/start-error.js";
import { answerOnSocket, askSocket, withShortPath } from "./lock-socket.js";
import { makeFolder } from "./make-folder.js";

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder, or a file, for this process until it ends in whatever way. The lock is a socket that answers, so a killed
 * owner or a reused pid does not keep it locked. We keep this by hand: libraries lock with pid files or timestamps, which
 * fail after `kill -9` and in containers, where every process is pid 1.
 *
 * Beside the folder are sockets named 1, 2, 3…; the highest is the lock. It is never removed: a process takes over from a
 * dead owner by linking its own socket to the next number, which succeeds for exactly one process. A socket listens before
 * it gets its number, so one that does not answer has no owner. Throws if another process has the lock.
 */
export async function lockFolder(
  folder: string,
  refuse: (owner: string) => Error = inUse(folder),
): Promise<FolderLock> {
  const place = `${folder}.lock`;
  await makeFolder(place);
  return withShortPath(place, async (short) => {
    const draft = `new-${randomBytes(6).toString("hex")}`;
    const server = await answerOnSocket(join(short, draft), describeSelf());
    try {
      const number = await takeNumber(place, { short, draft }, refuse);
      await sweep(place, number);
    } catch (error) {
      await close(server);
      throw error;
    } finally {
      await rm(join(place, draft), { force: true });
    }
    return { release: () => close(server) };
  });
}

function inUse(folder: string): (owner: string) => DatabaseStartError {
  return (owner) =>
    new DatabaseStartError(`The data folder ${folder} is in use by ${owner}; stop it, or use another folder.`);
}

async function takeNumber(
  place: string,
  via: { short: string; draft: string },
  refuse: (owner: string) => Error,
): Promise<number> {
  for (;;) {
    const highest = await highestNumber(place);
    const owner = highest > 0 ? await askSocket(join(via.short, String(highest))) : null;
    if (owner) throw refuse(owner);
    const mine = highest + 1;
    if (!(await tryLink(join(place, via.draft), join(place, String(mine))))) continue;
    // this process may have been suspended, and have linked a number that was taken and swept meanwhile
    if ((await highestNumber(place)) === mine) return mine;
    await rm(join(place, String(mine)), { force: true });
  }
}

async function highestNumber(place: string): Promise<number> {
  const names = await readdir(place);
  return Math.max(0, ...names.map(Number).filter(Number.isSafeInteger));
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes old numbers except the previous one, which another process may be checking. */
async function sweep(place: string, number: number): Promise<void> {
  const old = (await readdir(place)).filter((name) => Number(name) < number - 1);
  await Promise.all(old.map((name) => rm(join(place, name), { force: true })));
}

function describeSelf(): string {
  return `process ${process.pid} on ${hostname()}, started at ${new Date(Date.now() - process.uptime() * 1000).toISOString()}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
