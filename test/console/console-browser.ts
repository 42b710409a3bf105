import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import type { App } from "../../src/app.js";
import { readLocalKeys } from "../../src/auth/local-keys.js";
import { localSigner, mintToken } from "../../src/auth/mint-token.js";
import { ADMIN_SCOPES, type Scope } from "../../src/domain/access/scopes.js";
import type { Database } from "../../src/store/connection/database.js";
import { openTestDatabase } from "../support/database/database.js";
import { BROWSER_PATIENCE_MS, launchChromium } from "../support/process/chromium.js";
import { post } from "../support/transports.js";
import { startServerOn } from "../support/wiring.js";

/** Where the pages are kept, to be looked at. */
const SCREENSHOTS = process.env.CONSOLE_SCREENSHOTS ?? fileURLToPath(new URL("../../.screenshots", import.meta.url));
const NO_KEYS = { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWT_ISSUER: "", SHELFMARK_JWT_AUDIENCE: "" };

interface Person {
  readonly subject: string;
  readonly scopes?: readonly Scope[];
  readonly models?: readonly string[];
  readonly ttlSeconds?: number;
}

interface Session {
  readonly page: Page;
  /** What went wrong on the page: errors of scripts, and what its policy refused. */
  readonly problems: string[];
  /** The names of the operations that it sent over HTTP. */
  readonly operations: string[];
}

/**
 * A server and a browser, for one file of tests: in local mode, unless there are other settings. Every page must stay
 * without problems.
 */
export function useConsole(readSettings: () => Promise<Record<string, string>> = async () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-console-"));
  const sessions: Session[] = [];
  const others: App[] = [];
  let database: Database;
  let app: App;
  let browser: Browser;
  beforeAll(async () => {
    database = await openTestDatabase();
    app = await startServerOn(database, { ...NO_KEYS, SHELFMARK_DATA: folder, ...(await readSettings()) });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const each of [app, ...others]) await each?.stop();
    await database?.close();
    rmSync(folder, { recursive: true });
    expect(sessions.flatMap(({ problems }) => problems)).toEqual([]);
  });

  async function tokenOf({ subject, scopes = ADMIN_SCOPES, models, ttlSeconds = 3_600 }: Person): Promise<string> {
    const keys = await readLocalKeys(folder);
    if (!keys) throw new Error("The server has no keys.");
    const claims = { subject, scopes, ttlSeconds, ...(models && { models }) };
    return mintToken({ signer: localSigner(keys), now: new Date(), ...claims });
  }

  async function sendAs<T = Record<string, unknown>>(
    token: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<T> {
    const answer = await post(app.url, token, { query, variables });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  return {
    get origin() {
      return new URL(app.url).origin;
    },
    get url() {
      return app.url;
    },
    /** The data folder. */
    folder,
    get database() {
      return database;
    },
    tokenOf,
    sendAs,
    /** Starts another server on the same database. */
    async serve(settings: Record<string, string>): Promise<string> {
      const other = await startServerOn(database, { ...NO_KEYS, SHELFMARK_DATA: folder, ...settings });
      others.push(other);
      return new URL(other.url).origin;
    },
    /** Sends an operation as somebody who may do everything. Fails on an error. */
    send: <T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}) =>
      sendAs<T>(app.localToken ?? "", query, variables),
    /** Opens a tab of a browser of its own. */
    async open(options: BrowserContextOptions = {}): Promise<Session> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      const session = watchPage(await context.newPage());
      sessions.push(session);
      return session;
    },
    /** Opens the link that carries the token, as the server prints it. */
    async signIn(person: Person, path = "/", options: BrowserContextOptions = {}): Promise<Session> {
      const session = await this.open(options);
      await session.page.goto(`${this.origin}${path}#token=${await tokenOf(person)}`);
      return session;
    },
  };
}

function watchPage(page: Page): Session {
  const problems: string[] = [];
  const operations: string[] = [];
  page.setDefaultTimeout(BROWSER_PATIENCE_MS);
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // the answers that refuse something are errors to the browser, too
    if (message.type() === "error" && !text.startsWith("Failed to load resource"))
      problems.push(`${page.url()}: ${text}`);
  });
  page.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().endsWith("/graphql")) return;
    const { query } = request.postDataJSON() as { query: string };
    operations.push(/\b(?:query|mutation) (\w+)/.exec(query)?.[1] ?? query);
  });
  return { page, problems, operations };
}

/** What axe-core finds that is serious or worse. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join(" | ")}`);
}

export async function takeScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
