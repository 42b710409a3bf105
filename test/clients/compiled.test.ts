import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry } from "./registry.js";

/** The recipes of src/client/README.md in compiled languages, as setup.mjs built them from the document's blocks. */
const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry?.stop());

const HOLDER = `query ($name: String!) { model(name: $name) { stageHolder(stage: PRODUCTION) { number source } versions { totalCount } } }`;

test.each([
  ["go", `${here}go/generated/release`, []],
  ["rust", `${here}rust/generated/target/debug/release`, []],
  ["java", "java", ["-cp", `${here}java/generated/target/classes:${here}java/generated/target/lib/*`, "Release"]],
])(
  "the documented release in %s releases a version once however often it runs, and prints the code of a refusal",
  async (name, program, before) => {
    const release = (token: string, ...args: string[]) =>
      run(program, [...before, ...args], {
        env: { PATH: process.env.PATH, SHELFMARK_URL: registry.url, SHELFMARK_TOKEN: token },
      });
    const held = "in PRODUCTION so far: 1\n";
    expect((await release(registry.token, name, "s3://compiled/1", `${name}-1`)).stdout).toBe("1\n");
    expect((await release(registry.token, name, "s3://compiled/1", `${name}-1`)).stdout).toBe(`${held}1\n`);
    expect(await registry.data(HOLDER, { name })).toEqual({
      model: { stageHolder: { number: 1, source: "s3://compiled/1" }, versions: { totalCount: 1 } },
    });
    for (const [token, key, code] of [
      [registry.token, `${name}-1`, "CONFLICT"],
      [registry.reader, `${name}-2`, "FORBIDDEN"],
      ["no-token", `${name}-3`, "UNAUTHENTICATED"],
    ] as const) {
      const refused = await release(token, name, "s3://compiled/2", key).catch((error) => error);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(`^${code}\\b`) });
    }
    expect((await release(registry.token, name, "s3://compiled/2", `${name}-4`)).stdout).toBe(`${held}2\n`);
  },
);
