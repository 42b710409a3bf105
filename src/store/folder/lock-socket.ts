import { mkdtemp, rm, symlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorCode } from "../../util/error-text.js";

const ANSWER_MS = 2_000;
const LONGEST_ANSWER = 500;

/** A Unix socket's path has room for some hundred bytes, so a folder is reached through a short link to it. */
export async function withShortPath<T>(folder: string, work: (short: string) => Promise<T>): Promise<T> {
  const own = await mkdtemp(join(tmpdir(), "shelfmark-"));
  try {
    const short = join(own, "d");
    await symlink(resolve(folder), short);
    return await work(short);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Listens, and tells each caller the answer. Does not keep the process alive. */
export function answerOnSocket(path: string, answer: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(answer);
  });
  server.unref();
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(path, () => {
      server.on("error", () => {});
      done(server);
    });
  });
}

/** What the socket's owner answers; null if it has none. An owner that is there but does not speak is one all the same. */
export function askSocket(path: string): Promise<string | null> {
  return new Promise((done) => {
    let answer = "";
    const socket = connect(path);
    const finish = (result: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      done(result);
    };
    const timer = setTimeout(() => finish(answer || "a process that does not answer just now"), ANSWER_MS);
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      answer = (answer + text).slice(0, LONGEST_ANSWER);
    });
    socket.on("end", () => finish(answer || "another process"));
    socket.on("error", (error) => {
      const code = errorCode(error);
      const dead = code === "ECONNREFUSED" || code === "ENOENT" || code === "ENOTSOCK";
      finish(dead ? null : answer || `another process (its lock says ${code})`);
    });
  });
}
