import type { Browser, Page } from "playwright-core";
import { fillBigRegistry } from "../../support/database/big-registry.js";
import { fillBigRun } from "../../support/database/big-run.js";
import { launchChromium } from "../../support/process/chromium.js";
import { quantile } from "../measure/quantile.js";
import type { Databases } from "../setup/databases.js";
import { type BenchServer, startServer } from "../setup/server.js";
import { size } from "../size.js";
import { printBundle } from "./bundle.js";
import { INTERACTIONS, type Interaction } from "./interactions.js";

const TIMES = size(12, 1);
/** The interaction counts as the slowest of its events; an event below 16 ms is not reported by the browser. */
const SHORTEST_MS = 16;
const REGISTRY = { models: 10_000, versionsOfFirst: 5_000, versionsOfOthers: 0 };
const RUN = { metrics: 200, longCurves: 10, points: size(100_000, 2_000) };
const CREATE_RUN = `mutation { createRun(input: { experiment: { name: "large" }, createExperiment: true, runId: "large-run" }) { run { id } } }`;

interface Sample {
  /** From the event to the next frame. */
  readonly paintMs: number;
  /** From the event to what the server answers. */
  readonly answerMs: number;
}

/** How soon the pages with large data react to a person, in Chromium. */
export async function measureConsole(databases: Databases): Promise<void> {
  const { url, pool } = await databases.named("console", (filled) => fillBigRegistry(filled, REGISTRY));
  const server = await startServer({ DATABASE_URL: url });
  const browser = await launchChromium();
  try {
    await server.ask(CREATE_RUN);
    await fillBigRun(pool, "large-run", RUN);
    printBundle();
    const width = Math.max(...INTERACTIONS.map(({ name }) => name.length));
    console.log(`${"".padEnd(width)}  paint p50  p75  max  answer p50 ms`);
    for (const interaction of INTERACTIONS) {
      const samples: Sample[] = [];
      for (let time = 0; time < TIMES; time++) samples.push(await measure(browser, server, interaction));
      console.log(`${interaction.name.padEnd(width)}  ${describe(samples)}`);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function measure(browser: Browser, { url, token }: BenchServer, interaction: Interaction): Promise<Sample> {
  const { path, ready, act, done } = interaction;
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  await context.addInitScript((kept) => sessionStorage.setItem("shelfmark.token", kept), token);
  await context.addInitScript(observeEvents);
  const page = await context.newPage();
  await page.goto(new URL(path, url).href);
  await page.getByText(ready).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => {
    (globalThis as unknown as Observed).slowestEvent = 0;
  });
  const started = performance.now();
  await act(page);
  await done(page);
  const answerMs = performance.now() - started;
  const paintMs = await readSlowest(page);
  await context.close();
  return { paintMs: Math.max(SHORTEST_MS, paintMs), answerMs };
}

interface Observed {
  slowestEvent: number;
}

/** In the page: the events of a person with the time until the next frame, as Interaction to Next Paint counts them. */
function observeEvents(): void {
  const page = globalThis as unknown as Observed;
  page.slowestEvent = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if ("interactionId" in entry && entry.interactionId)
        page.slowestEvent = Math.max(page.slowestEvent, entry.duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
}

/** Entries are there after the frame that they wait for. */
async function readSlowest(page: Page): Promise<number> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100)))),
  );
  return page.evaluate(() => (globalThis as unknown as Observed).slowestEvent);
}

function describe(samples: readonly Sample[]): string {
  const paints = samples.map(({ paintMs }) => paintMs);
  const cells = [quantile(paints, 0.5), quantile(paints, 0.75), Math.max(...paints)].map(Math.round);
  const answer = Math.round(
    quantile(
      samples.map(({ answerMs }) => answerMs),
      0.5,
    ),
  );
  const [p50, p75, max] = cells;
  return `${String(p50).padStart(9)}  ${String(p75).padStart(3)}  ${String(max).padStart(3)}  ${String(answer).padStart(13)}`;
}
