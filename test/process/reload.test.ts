import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import { killServerProcesses, spawnShelfmark } from "../support/process/server-process.js";

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

test("on SIGHUP the server reads its file of issuers at once; a file with mistakes changes nothing and is logged", async () => {
  const path = join(dirname(home.folder), "auth.json");
  writeFileSync(path, fileOf("one"));
  const env = { ...home.env, PORT: "0", SHELFMARK_AUTH_FILE: path };
  const server = spawnShelfmark(["serve"], env);
  const logged = (sentence: string) =>
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
  await logged("1 issuers are trusted");
  writeFileSync(path, fileOf("one", "two"));
  process.kill(server.pid, "SIGHUP");
  await logged("2 issuers are trusted");
  writeFileSync(path, "{");
  process.kill(server.pid, "SIGHUP");
  await logged("issuers that were read before stay trusted");
  expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
});
