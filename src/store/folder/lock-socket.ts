import { mkdtemp, rm, symlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorCode } from "../../util/error-text.js";

const ANSWER_MS = 2_000;
const ANSWER_MAX = 500;

/** The path of a Unix socket has at most about a hundred bytes, so a folder is accessed through a short link. */
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

/** Listens, and sends the answer to each client. Does not keep the process alive. */
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

/** The answer of the socket's owner; null if it has no owner. An owner that does not answer in time still counts. */
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
      answer = (answer + text).slice(0, ANSWER_MAX);
    });
    socket.on("end", () => finish(answer || "another process"));
    socket.on("error", (error) => {
      const code = errorCode(error);
      const dead = code === "ECONNREFUSED" || code === "ENOENT" || code === "ENOTSOCK";
      finish(dead ? null : answer || `another process (its lock says ${code})`);
    });
  });
}
