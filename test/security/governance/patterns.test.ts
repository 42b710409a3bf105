import { expect, test } from "vitest";
import { matchesPattern, patternFault } from "../../../src/util/linear-pattern.js";
import { useCommandServer } from "../../registry/command-server.js";
import { all, move, onVersion, PIPELINE, register, tagged } from "./gate.js";

const commands = useCommandServer();
const SIMPLE = "[a-z]+";
/** Each of them keeps an engine that tries and goes back busy until the sun burns out. */
const EVIL = [
  "(a+)+$",
  "(a|a)*b",
  "(a|aa)+$",
  "(a*)*b",
  "(.*a){20}b",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "(?:a?){100}a{100}",
];
const TEXT = `${"a".repeat(99_999)}!`;

/** The fastest of three, since others use the machine too. */
async function fastest(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return Math.min(...times);
}

test.each(EVIL)("%s takes twice as long for twice the text, about", async (pattern) => {
  const half = TEXT.slice(TEXT.length / 2);
  matchesPattern(pattern, half);
  const short = await fastest(() => matchesPattern(pattern, half));
  const long = await fastest(() => matchesPattern(pattern, TEXT));
  expect(long).toBeLessThan(8 * short + 50);
  expect(matchesPattern(pattern, TEXT)).toBe(false);
});

test("repeats that multiply make no program that is slow on any text", () => {
  for (const pattern of ["a{0,1000}", "(a{0,30}){0,30}", "(x{1,9}y{1,9}){1,99}", "(.{1,32}){1,31}"]) {
    expect(patternFault(pattern), pattern).toBe("its repeats make it too large");
  }
  for (const pattern of ["p".repeat(500), ".*".repeat(250), "a{1,300}", "[A-Z]{2,10}-[0-9]{1,9}"]) {
    expect(patternFault(pattern), pattern).toBeNull();
  }
});

test("a promotion with such a pattern and such a tag is as fast as with a simple one", async () => {
  const policy = (name: string, pattern: string) =>
    `applyPolicy(input: { name: "${name}", selector: { models: ["${name}"] }, target: { stages: [PRODUCTION] }, rules: [{ tag: { key: "k", pattern: "${pattern}" } }] })`;
  await commands.mutate(all(policy("simple", SIMPLE), policy("evil", "(a+)+$")));
  const refused = async (name: string) =>
    expect(await commands.refusalOf(move(name, 1, "PRODUCTION"), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  for (const name of ["simple", "evil"]) {
    await commands.mutate(all(register(name), tagged(onVersion(name, 1), "k", TEXT)), PIPELINE);
    await refused(name);
  }
  const simple = await fastest(() => refused("simple"));
  expect(await fastest(() => refused("evil"))).toBeLessThan(10 * simple + 100);
});
