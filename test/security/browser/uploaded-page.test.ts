import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { ARTIFACTS, baseOf, createRunPlace, fileClient } from "../../mlflow/artifacts/artifact-fixture.js";
import { openTestDatabase } from "../../support/database/database.js";
import { mintTestToken } from "../../support/token.js";
import { startServerOn } from "../../support/wiring.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Only a hang reaches it. */
const PATIENCE_MS = 240_000;
const SCRIPT = "top.hit = location.href; globalThis.hit = 1;";
const FILES = {
  "page.html": `<!doctype html><title>hit</title><script>${SCRIPT}</script>`,
  "image.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}"><script>${SCRIPT}</script></svg>`,
  "page.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><script>${SCRIPT}</script></html>`,
  "code.js": SCRIPT,
  "no-name": `<script>${SCRIPT}</script>`,
};

const folder = mkdtempSync(join(tmpdir(), "shelfmark-page-"));
let database: Database;
let server: App;
let browser: Browser;
let context: BrowserContext;
let base: string;
let place: string;
beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`There is no ${CHROMIUM}: apt-get install chromium, or set CHROMIUM.`);
  database = await openTestDatabase();
  server = await startServerOn(database, { SHELFMARK_ARTIFACT_ROOT: folder });
  base = `${baseOf(server.url)}${ARTIFACTS}`;
  place = await createRunPlace(server.url, "pages");
  for (const [name, text] of Object.entries(FILES)) await fileClient(server.url).put(`${place}/${name}`, text);
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  // as if the browser kept the token for this server
  context = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${await mintTestToken()}` } });
  context.setDefaultTimeout(PATIENCE_MS);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.keys(FILES))("a browser that opens the uploaded %s saves it, and runs nothing", async (name) => {
  const page = await context.newPage();
  const downloading = page.waitForEvent("download");
  await page.goto(`${base}/${place}/${name}`).catch((error: Error) => {
    expect(error.message).toMatch(/Download is starting|ERR_ABORTED/);
  });
  expect((await downloading).suggestedFilename()).toMatch(new RegExp(`^${name.split(".")[0]}`));
  expect(page.url()).toBe("about:blank");
  await page.close();
});

test.each(Object.keys(FILES))("a page of this server that embeds the uploaded %s does not run it", async (name) => {
  const page = await context.newPage();
  await page.goto(`${baseOf(server.url)}/mlflow/health`);
  const outcome = await page.evaluate(async (src) => {
    const loaded = (element: HTMLElement) =>
      new Promise<string>((resolve) => {
        element.addEventListener("load", () => resolve("load"));
        element.addEventListener("error", () => resolve("error"));
        setTimeout(() => resolve("nothing"), 2_000);
        document.body.append(element);
      });
    const script = await loaded(Object.assign(document.createElement("script"), { src }));
    await loaded(Object.assign(document.createElement("iframe"), { src }));
    await loaded(Object.assign(document.createElement("object"), { data: src }));
    await loaded(Object.assign(document.createElement("embed"), { src }));
    return { script, hit: Reflect.get(globalThis, "hit") ?? null };
  }, `${base}/${place}/${name}`);
  expect(outcome).toEqual({ script: "error", hit: null });
  await page.close();
});
