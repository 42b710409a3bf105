import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.js";
import { killServerProcesses, spawnShelfmark } from "../support/server-process.js";

let home: Home;
beforeAll(async () => {
  home = await makeHome("migrated");
});
afterAll(async () => {
  await killServerProcesses();
  await home.remove();
});

const { publicKey } = generateKeyPairSync("ed25519");
const issuer = { audience: "a", publicKey: publicKey.export({ type: "spki", format: "pem" }) };
const fileOf = (...names: string[]) =>
  JSON.stringify({ issuers: names.map((name) => ({ issuer: `https://${name}.example`, ...issuer })) });

test("SIGHUP has a server read its file of issuers at once; one with mistakes changes nothing, and is told", async () => {
  const path = join(dirname(home.folder), "auth.json");
  writeFileSync(path, fileOf("one"));
  const env = { ...home.env, PORT: "0", SHELFMARK_AUTH_FILE: path };
  const server = spawnShelfmark(["serve"], env);
  const told = (sentence: string) =>
    expect
      .poll(
        () =>
          server
            .err()
            .split("\n")
            .filter((line) => line.includes(sentence)).length,
      )
      .toBe(1);
  await expect.poll(() => server.out()).toContain("ready at");
  await told("1 issuers are trusted");
  writeFileSync(path, fileOf("one", "two"));
  process.kill(server.pid, "SIGHUP");
  await told("2 issuers are trusted");
  writeFileSync(path, "{");
  process.kill(server.pid, "SIGHUP");
  await told("what it said before still holds");
  expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
});
