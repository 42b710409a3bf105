import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getOperationAST, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { PreparedOperations } from "../../src/graphql/prepared/prepared-operations.js";
import { schema } from "../../src/graphql/schema.js";
import { runCommand } from "../support/command-fixture.js";
import { useConsole } from "./console-browser.js";
import { makeGuardedModel } from "./small-registry.js";

const SOURCE = fileURLToPath(new URL("../../src/console", import.meta.url));
const web = useConsole();
const MODEL = "card-fraud";

async function listed(): Promise<Record<string, string>> {
  const { code, out } = await runCommand(["operations", "--console"]);
  expect(code).toBe(0);
  return JSON.parse(out);
}

test("each document of the console is in a file that the list reads", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const holders = files.filter((file) => /\bgraphql\(\s*`/.test(readFileSync(join(SOURCE, file), "utf8")));
  expect(holders.length).toBeGreaterThan(5);
  expect(holders.filter((file) => !file.endsWith("-query.ts"))).toEqual([]);
});

test("each query of the console is valid, and is prepared", async () => {
  const documents = Object.values(await listed()).map((text) => parse(text, { noLocation: true }));
  const ofConsole = documents.filter((document) => getOperationAST(document)?.name?.value.startsWith("Console"));
  expect(ofConsole.length).toBeGreaterThan(10);
  const prepared = new PreparedOperations(schema);
  for (const document of ofConsole) {
    const operation = getOperationAST(document);
    expect(validate(schema, document), operation?.name?.value).toEqual([]);
    if (operation?.operation === "query") expect(prepared.of(document), operation.name?.value).not.toBeNull();
  }
});

test("a server that executes listed documents only serves every page of the console", async () => {
  await makeGuardedModel(web.send, MODEL);
  const { page } = await web.signIn({ subject: "ada" });
  const file = join(web.folder, "operations.json");
  writeFileSync(file, JSON.stringify(await listed()));
  const origin = await web.serve({ SHELFMARK_OPERATIONS: file });
  await page.goto(`${origin}/#token=${await web.tokenOf({ subject: "ada" })}`);
  await page.getByText("Live", { exact: true }).waitFor();
  for (const [path, text] of [
    ["/", "1 model"],
    [`/models/${MODEL}`, "Who held a stage, and when"],
    [`/models/${MODEL}/versions/2`, "compared with v1"],
    [`/models/${MODEL}/versions/2?promote=PRODUCTION`, "Reason"],
    ["/approvals", "My inbox (0)"],
  ] as const) {
    await page.goto(origin + path);
    await page.getByText(text).first().waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByRole("alert").count(), path).toBe(0);
  }
  await page.context().close();
});
