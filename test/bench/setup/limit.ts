import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "../../support/token.js";

/** The process that does the same by hand. */
export interface Limit {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startLimit(env: Readonly<Record<string, string>>): Promise<Limit> {
  const keys = { BENCH_PUBLIC_KEY: TEST_PUBLIC_KEY, BENCH_ISSUER: TEST_ISSUER, BENCH_AUDIENCE: TEST_AUDIENCE };
  const child = fork(fileURLToPath(new URL("../limit/server.mjs", import.meta.url)), {
    env: { PATH: process.env.PATH, ...keys, ...env },
    execArgv: [],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", (code) => reject(new Error(`The limit ended with ${code} before it was ready.`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill()) await ended;
    },
  };
}
