import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { findPostgres } from "../support/database/postgres-cluster.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../support/database/postgres-server.js";
import { placeOf, ROOT, readDocument } from "./blocks.js";
import { EXAMPLE } from "./run/stand-ins.js";

/** Only what hangs takes so long. */
const BENCH_MS = 10 * 60_000;

const { blocks } = readDocument("test/bench/README.md");
process.env.TEST_DATABASE_URL ||= inject("postgresUrl");

/** `npm run bench` without an address runs on a PostgreSQL server that it starts. */
const startsItsOwn = (text: string) => text.startsWith("npm run bench");

/** They only have to run: what they measure says nothing at this size. */
test.for(blocks.filter(({ language }) => language === "sh").map((block) => [placeOf(block), block] as const))(
  "the benchmark of %s runs, in a small size",
  { timeout: BENCH_MS },
  async ([, { text }], { skip }) => {
    const isPostgres = Boolean(process.env.TEST_DATABASE_URL);
    const needsPostgres = startsItsOwn(text) ? !findPostgres() : !isPostgres && text.includes(EXAMPLE.bench);
    skip(needsPostgres, "no PostgreSQL: set TEST_DATABASE_URL, or install it");
    const database = isPostgres ? await createTestDatabase() : "";
    try {
      const address = isPostgres ? addressOf(database) : "";
      // A server starts sooner on PostgreSQL, so what runs on either runs there.
      const common = { PATH: process.env.PATH, HOME: process.env.HOME, BENCH_SIZE: "small" };
      const env = startsItsOwn(text) ? common : { ...common, BENCH_DATABASE_URL: address };
      const args = ["--norc", "-euo", "pipefail", "-c", text.replaceAll(EXAMPLE.bench, address)];
      const { stdout } = await promisify(execFile)("bash", args, { cwd: ROOT, env });
      expect(stdout).toMatch(/\d/);
    } finally {
      if (database) await dropTestDatabase(database);
    }
  },
);
