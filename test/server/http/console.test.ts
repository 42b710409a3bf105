import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { raw } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let database: Database;
let app: App;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startServerOn(database, { SHELFMARK_CONSOLE: "off" });
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});

test("SHELFMARK_CONSOLE=off serves no page", async () => {
  for (const path of ["/", "/index.html", "/approvals"]) {
    const { status, headers } = await raw(app.url, { method: "GET", path, headers: { accept: "text/html" } });
    expect([status, headers["content-type"]]).toEqual([404, "application/json; charset=utf-8"]);
  }
});
