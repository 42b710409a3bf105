import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { CommandIo } from "../../../src/cli/io/command-io.js";
import { runCommandLine } from "../../../src/cli/run.js";
import { requireTrust } from "../../../src/cli/sign-in/server-trust.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { type OpenIdProvider, OTHER_RESOURCE, RESOURCE, startOpenIdProvider } from "../../support/openid-provider.js";
import { visitProvider } from "../../support/provider-visitor.js";
import { startServerOn } from "../../support/wiring.js";

const ADA = { login: "ada", password: "any" };
const HOUR_MS = 3_600_000;

let provider: OpenIdProvider;
let database: Database;
const apps: App[] = [];
let url: string;
let home: string;

beforeAll(async () => {
  provider = await startOpenIdProvider([
    {
      client_id: "cli",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/callback"],
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
    },
  ]);
  database = await openTestDatabase();
  url = await serve();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "shelfmark-login-"));
  return () => rm(home, { recursive: true });
});
afterAll(async () => {
  for (const app of apps) await app.stop();
  await database?.close();
  await provider?.stop();
});

async function serve(more: Record<string, string> = {}): Promise<string> {
  const app = await startServerOn(database, {
    SHELFMARK_JWT_PUBLIC_KEY: "",
    SHELFMARK_JWT_ISSUER: provider.issuer,
    SHELFMARK_JWT_AUDIENCE: RESOURCE,
    SHELFMARK_OIDC_ISSUER: provider.issuer,
    SHELFMARK_OIDC_CLIENT_ID: "console",
    SHELFMARK_OIDC_CLI_CLIENT_ID: "cli",
    SHELFMARK_OIDC_SCOPES: "openid offline_access models:read",
    SHELFMARK_OIDC_RESOURCE: RESOURCE,
    ...more,
  });
  apps.push(app);
  return app.url;
}

interface Run {
  readonly server?: string;
  /** What the person at the terminal types; nobody is there without it. */
  readonly typed?: string;
  /** Later than now by this much. */
  readonly laterMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all that was printed so far. */
  readonly onText?: (text: string) => void;
}

async function run(argv: readonly string[], { server = url, typed, laterMs = 0, env = {}, onText }: Run = {}) {
  const printed = { out: "", err: "" };
  const printTo = (stream: "out" | "err") => (text: string) => {
    printed[stream] += text;
    onText?.(printed[stream]);
  };
  const code = await runCommandLine(argv, {
    env: { XDG_CONFIG_HOME: home, SHELFMARK_URL: server, SHELFMARK_DATA: join(home, "none"), ...env },
    now: () => new Date(Date.now() + laterMs),
    out: printTo("out"),
    err: printTo("err"),
    readStdin: async () => "",
    untilStopped: () => new Promise(() => {}),
    ask: typed === undefined ? null : async () => typed,
    onReload: () => {},
  });
  return { code, ...printed };
}

/** Somebody who opens the address as soon as it is printed. */
function visitor(pattern: RegExp, visit: (address: string) => Promise<unknown>) {
  let visiting: Promise<unknown> | undefined;
  return {
    onText(text: string) {
      const address = pattern.exec(text)?.[1];
      if (address !== undefined) visiting ??= visit(address);
    },
    done: async () => visiting,
  };
}

async function loginByDevice(server = url, argv = ["login", "--device", "--yes"], typed?: string) {
  const person = visitor(/or open (\S+)\n/, (address) => visitProvider(address, ADA));
  const outcome = await run(argv, { server, onText: person.onText, ...(typed !== undefined && { typed }) });
  await person.done();
  return outcome;
}

const query = (more: Run = {}) => run(["query", "-e", "{ viewer { actor { subject } } }"], more);
const folder = () => join(home, "shelfmark", "tokens");
const countOf = (request: string) => provider.requests.filter((each) => each === request).length;

async function storedFile(): Promise<string> {
  const [name = "", ...others] = (await readdir(folder())).filter((each) => each.endsWith(".json"));
  expect(others).toEqual([]);
  return join(folder(), name);
}

test("a code on another device signs in; the token is for its owner alone, and logout ends it at the issuer", async () => {
  const { code, out, err } = await loginByDevice();
  expect([code, out]).toEqual([0, `Signed in to ${new URL(url).origin} as ada, with the scopes models:read.\n`]);
  expect(err).toMatch(/^shelfmark: Open http:\S+\/device on any device, and enter the code [A-Z]{4}-[A-Z]{4}\n/);
  const file = await storedFile();
  expect([(await stat(file)).mode & 0o777, (await stat(folder())).mode & 0o777]).toEqual([0o600, 0o700]);
  const text = await readFile(file, "utf8");
  const { token, refreshToken } = JSON.parse(text);
  expect([out + err].filter((printed) => printed.includes(token) || printed.includes(refreshToken))).toEqual([]);
  expect(JSON.parse((await query()).out)).toEqual({ viewer: { actor: { subject: "ada" } } });
  // a token that is given goes first, and one of another server is not sent
  expect((await query({ env: { SHELFMARK_TOKEN: "given" } })).err).toContain("not a well-formed JWT");
  expect((await query({ server: await serve() })).err).toContain("No token was sent: run shelfmark login");

  expect(await run(["logout"])).toEqual({ code: 0, out: `Signed out of ${new URL(url).origin}.\n`, err: "" });
  expect(await readdir(folder())).not.toContain(file);
  await writeFile(file, text, { mode: 0o600 });
  const ended = await query({ laterMs: HOUR_MS });
  expect([ended.code, ended.err]).toEqual([
    1,
    `shelfmark: The sign-in at ${provider.issuer} has ended. Run: shelfmark login --url ${url}\n`,
  ]);
});

test("the browser of this machine signs in, and answers to another sign-in change nothing", async () => {
  const person = visitor(/this machine:\n(\S+)\n/, async (address) => {
    const redirect = new URL(address).searchParams.get("redirect_uri") ?? "";
    const forged = await fetch(`${redirect}?code=stolen&state=guessed`);
    expect([forged.status, (await fetch(new URL("/other", redirect))).status]).toEqual([400, 404]);
    expect(await visitProvider(address, ADA)).toContain("You are signed in.");
  });
  const { code, out } = await run(["login", "--yes"], { env: { BROWSER: "true" }, onText: person.onText });
  await person.done();
  expect([code, out]).toEqual([0, `Signed in to ${new URL(url).origin} as ada, with the scopes models:read.\n`]);
  expect((await query()).code).toBe(0);
});

test("a server that wants a token for another API gets none before a person agrees, once for what it wants", async () => {
  const asked = countOf("POST /token");
  const refused = await run(["login", "--device"]);
  expect([refused.code, refused.err]).toEqual([
    1,
    [
      `shelfmark: ${new URL(url).origin} asks for a token of ${provider.issuer} for ${RESOURCE} (client cli), and will receive it.`,
      "shelfmark: Whoever runs that server can use the token wherever else it is accepted.",
      "shelfmark: Add --yes if you trust the server with it.\n",
    ].join("\n"),
  ]);
  expect((await run(["login", "--device"], { typed: "" })).err).toContain("You are not signed in.");
  await expect(readdir(folder())).rejects.toThrow("ENOENT");
  expect(countOf("POST /token")).toBe(asked);

  expect((await loginByDevice(url, ["login", "--device"], "yes")).code).toBe(0);
  // the same server with the same wish is known now, also without a terminal; with another wish it is not
  expect((await loginByDevice(url, ["login", "--device"])).code).toBe(0);
  const file = await storedFile();
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), resource: OTHER_RESOURCE }));
  expect((await run(["login", "--device"])).err).toContain("Add --yes");
});

test("a server that wants a token for itself is not asked about", async () => {
  const own = await serve();
  const { origin } = new URL(own);
  const settings = { issuer: provider.issuer, clientId: "cli", scopes: [], resource: `${origin}/graphql` };
  const io = { ask: async () => "n" } as unknown as CommandIo;
  await requireTrust({ url: new URL(own), settings, file: join(home, "none") }, io);
  const other = { ...settings, resource: `${origin}.evil.example` };
  const refusal = requireTrust(
    { url: new URL(own), settings: other, file: join(home, "none") },
    { ...io, err: () => {} },
  );
  await expect(refusal).rejects.toThrow("You are not signed in.");
});

test("without a display a code is shown", async () => {
  const person = visitor(/or open (\S+)\n/, (address) => visitProvider(address, ADA));
  const env = { DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 22" };
  expect((await run(["login", "--yes"], { env, onText: person.onText })).code).toBe(0);
});

test("a token that ends is renewed once for all commands that need it", async () => {
  await loginByDevice();
  const before = JSON.parse(await readFile(await storedFile(), "utf8"));
  const asked = countOf("POST /token");
  const later = { laterMs: HOUR_MS };
  const outcomes = await Promise.all([query(later), query(later), query(later)]);
  expect(outcomes.map(({ code, err }) => [code, err])).toEqual([0, 0, 0].map((code) => [code, ""]));
  expect(countOf("POST /token")).toBe(asked + 1);
  const after = JSON.parse(await readFile(await storedFile(), "utf8"));
  expect(after.token).not.toBe(before.token);
  expect(after.refreshToken).not.toBe(before.refreshToken);
});

test.each([
  ["an opaque token", { SHELFMARK_OIDC_RESOURCE: "" }, /well-formed JWT.*set SHELFMARK_OIDC_RESOURCE.*it is not set/],
  ["another audience", { SHELFMARK_OIDC_RESOURCE: OTHER_RESOURCE }, /another audience.*SHELFMARK_OIDC_RESOURCE/],
  ["no scopes", { SHELFMARK_OIDC_SCOPES: "openid" }, /You are ada.*claims scope, scp, roles, permissions/],
])("%s is said in words, and nothing is kept", async (_what, settings, words) => {
  const { code, err } = await loginByDevice(await serve(settings));
  expect([code, err]).toEqual([1, expect.stringMatching(words)]);
  await expect(readdir(folder())).rejects.toThrow("ENOENT");
});

test("a server without an issuer, and one that is none, are named", async () => {
  const tokensOnly = await serve({
    ...{ SHELFMARK_OIDC_ISSUER: "", SHELFMARK_OIDC_CLIENT_ID: "", SHELFMARK_OIDC_CLI_CLIENT_ID: "" },
    ...{ SHELFMARK_OIDC_SCOPES: "", SHELFMARK_OIDC_RESOURCE: "" },
  });
  expect((await run(["login"], { server: tokensOnly })).err).toContain("names no issuer to sign in with");
  expect((await run(["login"], { server: provider.issuer })).err).toContain("and not with how to sign in");
  expect((await run(["login"], { env: { XDG_CONFIG_HOME: "" } })).err).toContain("set HOME or XDG_CONFIG_HOME");
  expect(await run(["logout"])).toMatchObject({ code: 1, err: expect.stringContaining("Nobody is signed in") });
});

test("a file that others may read, and a damaged one, are not used", async () => {
  await loginByDevice();
  const file = await storedFile();
  await chmod(file, 0o644);
  expect((await query()).err).toContain("is open to other users (mode 0644)");
  await chmod(file, 0o600);
  await writeFile(file, '{"url":');
  expect((await query()).err).toContain("is damaged. Run shelfmark logout");
  expect((await run(["logout"])).err).toContain("not ended at its issuer");
  expect((await query()).err).toContain("No token was sent");
});
