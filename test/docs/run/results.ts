import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";

/** What a block printed or answered, for an `output` block to be compared with. */
export interface Result {
  text(): string;
  /** Whether the text stays as it is. */
  isOver(): boolean;
  json(): Promise<unknown>;
}

const ANYTHING = "…";
/** Only what never comes takes so long. */
const PATIENCE_MS = 60_000;

/** `…` is any part of a line, or any lines where it stands alone. What still runs may print the text later. */
export async function expectText(result: Result, expected: string): Promise<void> {
  const pattern = patternOf(expected);
  for (const end = Date.now() + PATIENCE_MS; !result.isOver() && Date.now() < end; await sleep(50)) {
    if (pattern.test(trimLines(result.text()))) return;
  }
  // The comparison of the texts shows what differs.
  if (!pattern.test(trimLines(result.text()))) expect(trimLines(result.text())).toBe(trimLines(expected));
}

function patternOf(expected: string): RegExp {
  const lines = trimLines(expected).trimEnd().split("\n");
  const parts = lines.map((line) =>
    line.trim() === ANYTHING ? "(?:.*\\n)*" : `${line.split(ANYTHING).map(escapeRegExp).join(".*")}\\n`,
  );
  return new RegExp(`^${parts.join("")}$`);
}

function trimLines(text: string): string {
  return `${text.replace(/[ \t]+$/gm, "").trimEnd()}\n`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `"…"` is any value. */
export async function expectJson(result: Result, expected: string): Promise<void> {
  expect(await result.json()).toEqual(withAnything(JSON.parse(expected)));
}

function withAnything(value: unknown): unknown {
  if (value === ANYTHING) return expect.anything();
  if (Array.isArray(value)) return value.map(withAnything);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withAnything(each)]));
}
