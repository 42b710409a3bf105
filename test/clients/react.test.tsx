import "./browser.js";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { runShelfmark, startServerProcess } from "../support/process/server-process.js";
import { startTcpProxy, type TcpProxy } from "../support/process/tcp-proxy.js";
import { createRegistry, Dashboard } from "./generated/dashboard.js";
import { PROMOTE, promotion, REGISTER, type Registry, registration, startRegistry } from "./registry.js";

const NAMES = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, "0")}`);

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  for (const name of NAMES) await registry.data(REGISTER, registration(name));
});
afterAll(() => registry?.stop());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function proxyOf(url: string): Promise<TcpProxy> {
  const proxy = await startTcpProxy({ host: "127.0.0.1", port: Number(new URL(url).port) });
  cleanups.push(() => proxy.cut());
  return proxy;
}

const through = ({ port }: TcpProxy) => `http://127.0.0.1:${port}/graphql`;

/** The dashboard of src/client/README.md on a page of its own, as its reader sees it. */
function show(url: string, token: () => Promise<string>, dress = (dashboard: ReactNode) => dashboard) {
  const page = document.body.appendChild(document.createElement("main"));
  const root = createRoot(page);
  const { client, socket } = createRegistry(url, token);
  const all = (selector: string, within: Element = page) => [...within.querySelectorAll(selector)];
  const textOf = ({ textContent }: Element) => textContent ?? "";
  const lists = (selector: string) => all(selector).map((list) => all("li", list).map(textOf));
  const unmount = () => root.unmount();
  cleanups.push(unmount);
  root.render(
    dress(
      <Provider value={client}>
        <Dashboard socket={socket} />
      </Provider>,
    ),
  );
  return {
    rows: () => lists("ul")[0] ?? [],
    /** The tooltips of the rows. */
    titles: () => all("ul li").map((row) => row.getAttribute("title")),
    /** What each dashboard of the page tells. */
    moves: () => lists("ol"),
    alerts: () => all("[role=alert]").map(textOf),
    states: () => all("h2").map(textOf),
    buttons: () => all("button").map(textOf),
    click: (label: string) =>
      all("button")
        .find((button) => textOf(button) === label)
        ?.dispatchEvent(clicked()),
    unmount,
  };
}

const clicked = () => new window.MouseEvent("click", { bubbles: true });
const good = async () => registry.token;

async function gauge(name: string): Promise<number> {
  const page = await (await fetch(new URL("/metrics", registry.url))).text();
  return Number(new RegExp(`^${name} (.*)$`, "m").exec(page)?.[1]);
}
const openStreams = () => gauge('shelfmark_subscriptions_open\\{transport="websocket"\\}');
const openSockets = () => gauge("shelfmark_websocket_connections_open");

/** What is told of the releases of a model, of which each takes the place of the one before it. */
const releases = (model: string, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((number) => [
    `${model} ${number}: PRODUCTION`,
    ...(number > 1 ? [`${model} ${number - 1}: ARCHIVED`] : []),
  ]);

const soon = { interval: 20 };

test("a page of models, the next one, and fields that are refused with the reason", async () => {
  await registry.data(PROMOTE, promotion("page-03", 1));
  const page = show(registry.url, async () => registry.reader);
  await expect.poll(page.rows, soon).toHaveLength(20);
  expect(page.rows()).toEqual(
    NAMES.slice(0, 20).map((name) => `${name}: ${name === "page-03" ? "1 (withheld)" : "none"}`),
  );
  expect(page.alerts()).toEqual([
    expect.stringMatching(/^FORBIDDEN models\.nodes\.3\.stageHolder\.source .* \(requires artifacts:read\)$/),
  ]);
  page.click("Next page");
  await expect.poll(page.rows, soon).toEqual(NAMES.slice(20).map((name) => `${name}: none`));
  expect(page.alerts()).toEqual([]);
  expect(page.buttons()).toEqual([]);

  const writer = show(registry.url, good);
  await expect.poll(writer.rows, soon).toContain("page-03: 1 (s3://models/page-03-1)");
  expect(writer.alerts()).toEqual([]);
});

test("each move once and in order, for two in StrictMode whose socket is lost meanwhile; none is open when they are gone", async () => {
  const proxy = await proxyOf(registry.url);
  const page = show(through(proxy), good, (dashboard) => (
    <StrictMode>
      {dashboard}
      {dashboard}
    </StrictMode>
  ));
  await expect.poll(page.states, soon).toEqual(["Live", "Live"]);
  await expect.poll(openStreams, soon).toBe(2);
  await registry.release("a-live", "live-1");
  await expect.poll(page.moves, soon).toEqual([releases("a-live", 1, 1), releases("a-live", 1, 1)]);
  await expect.poll(page.rows, soon).toContain("a-live: 1 (s3://models/live-1)");

  await proxy.cut();
  await registry.release("a-live", "live-2");
  await proxy.restore();
  await registry.release("a-live", "live-3");
  await expect.poll(() => page.moves().map((moves) => moves.length), soon).toEqual([5, 5]);
  await registry.release("a-live", "live-4");
  const whole = releases("a-live", 1, 4);
  await expect.poll(() => page.moves().map((moves) => moves.at(-1)), soon).toEqual([whole.at(-1), whole.at(-1)]);
  expect(page.moves()).toEqual([whole, whole]);
  await expect.poll(page.rows, soon).toContain("a-live: 4 (s3://models/live-4)");
  expect([await openStreams(), await openSockets()]).toEqual([2, 1]);

  page.unmount();
  await expect.poll(openStreams, soon).toBe(0);
  await expect.poll(openSockets, soon).toBe(0);
});

test("a model that is registered, renamed or deleted and a version that is created change the list without a reload", async () => {
  const page = show(registry.url, good);
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await registry.data(`mutation { registerModel(input: { name: "a-0-new" }) { created } }`, {});
  await expect.poll(() => page.rows()[0], soon).toBe("a-0-new: none");
  expect(page.titles()[0]).toBe("latest version: none");
  await registry.data(REGISTER, registration("a-0-new"));
  await expect.poll(() => page.titles()[0], soon).toBe("latest version: 1");
  await registry.data(
    `mutation { renameModel(input: { model: { name: "a-0-new" }, newName: "a-0-newer" }) { __typename } }`,
    {},
  );
  await expect.poll(() => page.rows()[0], soon).toBe("a-0-newer: none");
  await registry.data(
    `mutation { deleteModel(input: { model: { name: "a-0-newer" }, force: true }) { deletedId } }`,
    {},
  );
  await expect.poll(page.rows, soon).not.toContain("a-0-newer: none");
  expect(page.moves()).toEqual([[]]);
});

/** A clock that only the test moves. Tells the waits that are asked for, and which of them are for a new attempt. */
function stopClock() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { calls } = vi.spyOn(globalThis, "setTimeout").mock;
  const isAttempt = (argument: unknown) => typeof argument === "object" && argument !== null && "failures" in argument;
  return {
    waits: () => calls.map(([, ms]) => ms ?? 0),
    retries: () => calls.filter(([, , argument]) => isAttempt(argument)).map(([, ms]) => ms ?? 0),
  };
}

test("it waits longer after each attempt that failed, and for nothing when it is gone", async () => {
  const proxy = await proxyOf(registry.url);
  const { retries } = stopClock();
  const page = show(through(proxy), good);
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await proxy.cut();
  for (let failures = 0; failures < 7; failures++) {
    await expect.poll(retries, soon).toHaveLength(failures + 1);
    const step = Math.min(30_000, 1_000 * 2 ** failures);
    const wait = retries()[failures] ?? 0;
    expect(wait).toBeGreaterThanOrEqual(step);
    expect(wait).toBeLessThan(2 * step);
    if (failures === 6) await proxy.restore();
    vi.advanceTimersByTime(wait);
  }
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await proxy.cut();
  await expect.poll(retries, soon).toHaveLength(8);
  expect(retries()[7]).toBeLessThan(2_000);
  const before = vi.getTimerCount();
  page.unmount();
  expect(vi.getTimerCount()).toBe(before - 1);
});

test("a connection that has fallen silent is cut, one that answers is kept, and nothing is missed", async () => {
  const proxy = await proxyOf(registry.url);
  const { waits, retries } = stopClock();
  const pings = () => waits().filter((ms) => ms === 10_000).length;
  const page = show(through(proxy), good);
  await expect.poll(page.states, soon).toEqual(["Live"]);
  const before = pings();
  vi.advanceTimersByTime(10_000);
  await expect.poll(pings, soon).toBe(before + 1); // the next one is planned when this one was answered
  vi.advanceTimersByTime(9_000);
  await registry.release("b-silent", "silent-1");
  await expect.poll(page.moves, soon).toEqual([releases("b-silent", 1, 1)]);
  expect([page.states(), retries()]).toEqual([["Live"], []]);

  proxy.stall();
  await registry.release("b-silent", "silent-2");
  expect(page.states()).toEqual(["Live"]);
  vi.advanceTimersByTime(15_000);
  // the server, too, gives up a client that answers no pings, but only after an hour
  await expect.poll(page.states).toEqual(["Connecting"]);
  await expect.poll(retries, soon).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  await expect.poll(page.moves, soon).toEqual([releases("b-silent", 1, 2)]);
});

test("tokens that live for seconds are renewed, and a move between two of them is told", async () => {
  const short = await registry.issue("--subject", "dashboard", "--scope", "models:read", "--ttl", "3s");
  const token = vi.fn(async () => registry.reader);
  const page = show(
    registry.url,
    token.mockImplementationOnce(async () => short).mockImplementationOnce(async () => short),
  );
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await expect.poll(page.states, soon).toEqual(["Connecting"]);
  await registry.release("c-token", "token-1");
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await expect.poll(page.moves, soon).toEqual([releases("c-token", 1, 1)]);
});

test("a token that is refused stops it with the reason, until it is told to go on", async () => {
  const { retries } = stopClock();
  const token = vi.fn(async () => "nonsense");
  const page = show(registry.url, token);
  await expect.poll(page.states, soon).toEqual(["Stopped"]);
  await expect.poll(page.alerts, soon).toEqual([expect.stringMatching(/^UNAUTHENTICATED /)]);
  expect(retries()).toEqual([]);
  token.mockImplementation(good);
  page.click("Go on");
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await expect.poll(page.rows, soon).toHaveLength(20);
  expect([page.alerts(), page.buttons()]).toEqual([[], ["Next page"]]);

  page.unmount();
  await expect.poll(openSockets, soon).toBe(0);
  expect(retries()).toEqual([]);
});

test("a log that was compacted meanwhile stops it with the reason; then it begins anew, with today's list", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-compacted-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const env = { SHELFMARK_DATA: folder };
  const first = await startServerProcess(env);
  const release = async (server: typeof first, key: string) => {
    const made = await server.data(REGISTER, registration("compacted", key));
    await server.data(PROMOTE, promotion("compacted", made.createModelVersion.modelVersion.number, {}));
  };
  const proxy = await proxyOf(first.url);
  const page = show(through(proxy), async () => first.token);
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await release(first, "before");
  await expect.poll(page.moves, soon).toEqual([releases("compacted", 1, 1)]);
  await proxy.cut();
  await release(first, "meanwhile");
  await first.kill("SIGTERM");
  const compact = async () => (await runShelfmark(["events", "compact", "--keep", "1s"], env)).out;
  await expect.poll(compact).toContain("The log holds no revisions");
  const second = await startServerProcess({ ...env, PORT: new URL(first.url).port });
  await proxy.restore();
  await expect.poll(page.states, soon).toEqual(["Stopped"]);
  await expect.poll(page.alerts, soon).toEqual([expect.stringMatching(/^HISTORY_COMPACTED /)]);
  await expect.poll(page.rows, soon).toEqual(["compacted: 2 (s3://models/meanwhile)"]);
  page.click("Go on");
  await expect.poll(page.states, soon).toEqual(["Live"]);
  await release(second, "after");
  await expect.poll(page.moves, soon).toEqual([releases("compacted", 3, 3)]);
  await expect.poll(page.rows, soon).toEqual(["compacted: 3 (s3://models/after)"]);
  expect(page.alerts()).toEqual([]);
  page.unmount();
  await second.kill("SIGTERM");
});
