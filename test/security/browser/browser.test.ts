import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { post } from "../../support/transports.js";
import { testConfig } from "../../support/wiring.js";
import { type Attack, CROSS_SITE, FORMS } from "./cross-site-attacks.js";
import { type EvilSite, startEvilSite, startRebinding } from "./evil-site.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Only a hang reaches it. */
const PATIENCE_MS = 240_000;
const folder = mkdtempSync(join(tmpdir(), "shelfmark-browser-"));
const NO_KEYS = { SHELFMARK_JWT_PUBLIC_KEY: "", SHELFMARK_JWT_ISSUER: "", SHELFMARK_JWT_AUDIENCE: "" };

/** The requests to the victim, from its log. */
const visits: { method: string; status: number }[] = [];
let database: Database;
let victim: App;
let evil: EvilSite;
let browser: Browser;
beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`There is no ${CHROMIUM}: apt-get install chromium, or set CHROMIUM.`);
  database = await openTestDatabase();
  const log = pino({ level: "info" }, { write: (line) => void note(JSON.parse(line)) });
  victim = createApp(testConfig({ ...NO_KEYS, SHELFMARK_DATA: folder }), { log, database });
  await victim.start();
  evil = await startEvilSite();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update"],
      // turns off what the browser itself forbids, which is not tested here
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
      "--host-resolver-rules=MAP *.example 127.0.0.1",
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await evil?.stop();
  await victim?.stop();
  await database?.close();
  rmSync(folder, { recursive: true });
});

function note(line: { method?: string; status?: number }): void {
  if (line.method !== undefined && line.status !== undefined) visits.push({ method: line.method, status: line.status });
}

const token = () => victim.localToken ?? "";
async function asOwner(query: string) {
  const { data } = (await (await post(victim.url, token(), { query })).json()) as {
    data: { head: { revision: number } };
  };
  return data;
}
const revision = async () => (await asOwner("{ head { revision } }")).head.revision;

async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** Opens a page under a host name, as in a developer's browser. */
async function openPage(url: string): Promise<Page> {
  const page = await newPage();
  await page.goto(url);
  return page;
}

/** Runs an attack in the page, which gets the function as text. */
function attack(page: Page, run: Attack): Promise<string> {
  return page.evaluate(`(${run.toString()})(${JSON.stringify(endpointOf(page))}, ${JSON.stringify(token())})`);
}
const endpoints = new WeakMap<Page, string>();
const endpointOf = (page: Page) => endpoints.get(page) ?? victim.url;

describe("a page of another site", () => {
  test.each(Object.keys(CROSS_SITE))("reads nothing and changes nothing by %s", async (name) => {
    const before = await revision();
    const page = await openPage(`http://evil.example:${evil.port}/`);
    visits.length = 0;
    const outcome = await attack(page, CROSS_SITE[name] as Attack);
    const framed = page.frames().filter((frame) => frame !== page.mainFrame());
    // a frame has no URL before it has loaded one
    await expect.poll(() => framed.filter((frame) => frame.url() === "")).toEqual([]);
    await page.close();
    expect(framed.map((frame) => frame.url()).filter((url) => !url.startsWith("chrome-error:"))).toEqual([]);
    expect(outcome).toMatch(/^(TypeError: Failed to fetch|opaque: opaque|sent: true|refused: |SecurityError)/);
    expect(visits.filter(({ status }) => status === 101 || status < 300)).toEqual(allowed(name));
    expect(await revision()).toBe(before);
  });

  /** Anybody may load the page of GraphiQL. Its headers make the browser hide it from frames and fetches of other sites. */
  const allowed = (name: string) => (/page/.test(name) ? [{ method: "GET", status: 200 }] : []);

  test.each(FORMS)("changes nothing with a form of %s", async (type) => {
    const before = await revision();
    const page = await openPage(`http://evil.example:${evil.port}/`);
    visits.length = 0;
    await Promise.all([
      page.waitForURL(/graphql/),
      page.evaluate(
        ([action, enctype, bearer]) => {
          const form = document.createElement("form");
          Object.assign(form, { method: "POST", action, enctype });
          const query = 'mutation { registerModel(input: {name: "evil"}) { created } }';
          const fields =
            enctype === "text/plain"
              ? { [`{"query": ${JSON.stringify(query)}, "x": "`]: '"}' }
              : { query, operations: JSON.stringify({ query }), map: "{}", authorization: `Bearer ${bearer}` };
          for (const [name, value] of Object.entries(fields)) {
            const input = document.createElement("input");
            Object.assign(input, { type: "hidden", name, value });
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        },
        [victim.url, type, token()] as const,
      ),
    ]);
    await page.close();
    expect(visits.filter(({ method }) => method === "POST")).toEqual([
      { method: "POST", status: expect.toSatisfy((status: number) => status >= 400) },
    ]);
    expect(await revision()).toBe(before);
  });
});

test("a name that is rebound to this machine (DNS rebinding) reads nothing, even with the token", async () => {
  const before = await revision();
  const rebinding = await startRebinding(evil.port, Number(new URL(victim.url).port));
  const page = await openPage(`http://rebind.example:${rebinding.port}/`);
  rebinding.rebind();
  endpoints.set(page, `http://rebind.example:${rebinding.port}/graphql`);
  visits.length = 0;
  // for the browser it is the same site, so the page may read every response
  for (const name of ["a fetch with the token, after a preflight", "a fetch by GET", "the GraphiQL page by fetch"]) {
    const outcome = await attack(page, CROSS_SITE[name] as Attack);
    expect(outcome, name).toMatch(/^read: .*"code":"FORBIDDEN"/);
    expect(outcome, name).not.toContain("models:read");
  }
  expect(await attack(page, CROSS_SITE["a socket with the token"] as Attack)).toMatch(/^refused: /);
  await page.close();
  await rebinding.stop();
  expect(visits.length).toBeGreaterThan(0);
  expect(visits.filter(({ status }) => status !== 421)).toEqual([]);
  expect(await revision()).toBe(before);
});

describe("GraphiQL", () => {
  test("works with a token, stores it in the tab only, and sends requests to no other server", async () => {
    const page = await newPage();
    const requested: string[] = [];
    const refused: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    await page.goto(`${new URL("/graphiql", victim.url).href}#token=${token()}`);
    await page.locator(".graphiql-query-editor").waitFor();
    expect(await page.content()).not.toContain(token().split(".")[2]);
    await page
      .getByRole("button", { name: /execute/i })
      .first()
      .click();
    await expect.poll(() => page.locator(".result-window").textContent()).toContain("models:read");
    expect(
      requested.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== new URL(victim.url).origin),
    ).toEqual([]);
    expect(refused).toEqual([]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(token().split(".")[2]);
    await page.close();
  });

  test("runs no script of another origin, sends nothing there, and runs none from its URL", async () => {
    const page = await newPage();
    const inAddress = encodeURIComponent("</script><script>window.hit = 1</script>{ viewer { scopes } }");
    await page.goto(
      `${new URL("/graphiql", victim.url).href}?query=${inAddress}&variables=${inAddress}&operationName=${inAddress}#token=${token()}`,
    );
    await page.locator(".graphiql-query-editor").waitFor();
    const elsewhere = `http://evil.example:${evil.port}/`;
    const outcome = await page.evaluate(async (url) => {
      const blocked: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        blocked.push(effectiveDirective),
      );
      const script = document.createElement("script");
      script.src = url;
      document.head.append(script);
      const image = new Image();
      image.src = url;
      const base = document.createElement("base");
      base.href = url;
      document.head.append(base);
      await fetch(url, { mode: "no-cors" }).catch(() => {});
      while (blocked.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
      return { blocked: blocked.sort(), hit: (window as { hit?: number }).hit ?? null };
    }, elsewhere);
    await page.close();
    expect(outcome).toEqual({ blocked: ["base-uri", "connect-src", "img-src", "script-src-elem"], hit: null });
  });
});
