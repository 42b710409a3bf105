import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { createCommandContext } from "../../../src/registry/command.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import { withSnapshot } from "../../../src/store/audit/audit-rows.js";
import type { Database } from "../../../src/store/connection/database.js";
import { EventTail } from "../../../src/store/events/event-tail.js";
import { openDatabase } from "../../../src/store/open-database.js";
import { postgresOptions, QUIET, TEST_DATABASE_KIND } from "../../support/database/database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../../support/database/postgres-server.js";
import { startTcpProxy, type TcpProxy } from "../../support/process/tcp-proxy.js";
import { WRITER } from "../../support/writer.js";

describe.runIf(TEST_DATABASE_KIND === "postgres")("when the connection to PostgreSQL is lost", () => {
  let name: string;
  let proxy: TcpProxy;
  let database: Database;

  beforeAll(async () => {
    name = await createTestDatabase();
    const url = new URL(addressOf(name));
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    database = await openDatabase({ ...postgresOptions(url.href), poolSize: 2 }, QUIET);
  });
  afterAll(async () => {
    await database.close();
    await proxy.cut();
    await dropTestDatabase(name);
  });

  /** How many statements with this text are under way on the server. */
  async function countActive(text: string): Promise<number> {
    const client = new pg.Client({ connectionString: addressOf(name) });
    await client.connect();
    const { rows } = await client.query(
      `SELECT count(*)::int FROM pg_stat_activity
       WHERE datname = $1 AND state = 'active' AND pid <> pg_backend_pid() AND strpos(query, $2) > 0`,
      [name, text],
    );
    await client.end();
    return rows[0].count;
  }

  test("running and new statements fail, and everything works again when it is back", async () => {
    const busy = Array.from({ length: 4 }, () =>
      database.prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        await tx.$queryRaw`SELECT count(*) FROM pg_sleep(600)`;
      }),
    );
    await expect.poll(() => countActive("pg_sleep(600)")).toBe(2);
    await proxy.cut();
    expect((await Promise.allSettled(busy)).map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    await expect(database.ping()).rejects.toThrow();
    await expect(database.prisma.model.count()).rejects.toThrow();
    await proxy.restore();
    await database.ping();
    const counts = Array.from({ length: 10 }, () => database.prisma.$transaction((tx) => tx.model.count()));
    expect(await Promise.all(counts)).toEqual(Array(10).fill(0));
    expect(database.pool.totalCount).toBeLessThanOrEqual(2);
  });

  test("reading the log for an audit fails, and the process goes on", async () => {
    const walk = expect(
      withSnapshot(database.pool, (client) => client.query("SELECT pg_sleep(600)")),
    ).rejects.toThrow();
    await expect.poll(() => countActive("pg_sleep(600)")).toBeGreaterThan(0);
    await proxy.cut();
    await walk;
    await proxy.restore();
    const again = () => withSnapshot(database.pool, async () => "read").catch(() => "not yet");
    await expect.poll(again).toBe("read");
  });

  test("a network that drops everything blocks neither statements nor the tail of the log for ever", async () => {
    const direct = await openDatabase(postgresOptions(addressOf(name)), QUIET);
    const url = addressOf(name).replace(/@[^/]+/, `@127.0.0.1:${proxy.port}`);
    const stalled = await openDatabase({ ...postgresOptions(url), poolSize: 2, statementTimeoutMs: 2_000 }, QUIET);
    const holder = await direct.pool.connect();
    await holder.query("SELECT pg_advisory_lock(1)");
    const services = { prisma: direct.prisma, now: () => new Date(), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
    const tail = new EventTail(stalled, QUIET, { pollMs: 50 });
    await tail.start();
    const { newest } = tail;
    const waiting = tail.next(newest, { signal: new AbortController().signal });
    const busy = [1, 2].map(() =>
      stalled.prisma.$transaction((tx) => tx.$queryRaw`SELECT count(*) FROM pg_advisory_xact_lock(1)`),
    );
    await expect.poll(() => countActive("pg_advisory_xact_lock(1)")).toBe(2);
    proxy.stall();
    await registerModel(createCommandContext(services, WRITER, "stalled"), { name: "m" });
    expect((await Promise.allSettled(busy)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await waiting).toMatchObject([{ type: "model.registered" }]);
    await tail.stop();
    await stalled.close();
    await holder.query("SELECT pg_advisory_unlock(1)");
    holder.release();
    await direct.close();
    await proxy.cut();
    await proxy.restore();
  });

  test("nor a connection that was not used for a while", async () => {
    const url = addressOf(name).replace(/@[^/]+/, `@127.0.0.1:${proxy.port}`);
    const stalled = await openDatabase({ ...postgresOptions(url), poolSize: 1, statementTimeoutMs: 400 }, QUIET);
    await stalled.ping();
    await new Promise((resolve) => setTimeout(resolve, 1_650));
    proxy.stall();
    await expect(stalled.pool.query("SELECT 1")).rejects.toThrow();
    await proxy.cut();
    await proxy.restore();
    await stalled.close();
  });

  test("an idle connection is not closed as a silent one", async () => {
    const options = { ...postgresOptions(addressOf(name)), poolSize: 1, statementTimeoutMs: 400 };
    const quiet = await openDatabase(options, QUIET);
    await quiet.pool.query("SET statement_timeout = 0");
    await new Promise((resolve) => setTimeout(resolve, 1_650));
    await quiet.pool.query("SELECT pg_sleep(0.35)");
    await quiet.close();
  });

  test("a listener is called for the gap, and gets later notifications", async () => {
    const calls: string[] = [];
    const listening = await database.listen("news", {
      notify: (text) => calls.push(text),
      gap: () => calls.push("gap"),
    });
    await database.pool.query("SELECT pg_notify('news', 'before')");
    await expect.poll(() => calls).toEqual(["gap", "before"]);
    await proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await proxy.restore();
    await expect.poll(() => calls).toEqual(["gap", "before", "gap"]);
    await database.pool.query("SELECT pg_notify('news', 'after')");
    await expect.poll(() => calls).toEqual(["gap", "before", "gap", "after"]);
    await listening.stop();
  });

  test("a listener can stop although the database does not answer", async () => {
    const listening = await database.listen("news", { notify() {}, gap() {} });
    proxy.stall();
    await listening.stop();
    await proxy.cut();
    await proxy.restore();
  });
});

describe("a database that cannot be opened is an error with one sentence", () => {
  test.each([
    ["postgres://postgres@127.0.0.1:1/none", "Nothing answers at 127.0.0.1:1/none (connection refused)"],
    ["postgres://me:s3cret@nowhere.invalid/none", "The database's host in nowhere.invalid:5432/none is not known"],
    ["mysql://127.0.0.1/none", "The database URL is not of the form postgres://user:password@host:5432/database"],
    ['postgres://127.0.0.1:1/none?schema="', "The schema in the database URL must not contain quotes"],
  ])("%s", async (url, sentence) => {
    const opening = openDatabase(postgresOptions(url), QUIET);
    await expect(opening).rejects.toMatchObject({
      name: "DatabaseStartError",
      message: expect.stringContaining(sentence),
    });
    await expect(opening).rejects.not.toThrow("s3cret");
  });
});
