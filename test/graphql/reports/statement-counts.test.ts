import { beforeAll, expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { move, register } from "../../security/governance/gate.js";
import { countStatements } from "../../support/database/statements.js";

const commands = useCommandServer();

const RULES = Array.from({ length: 30 }, (_, i) => `{ metric: { key: "k${i}", comparator: GTE, value: 0 } }`);
const FIELDS = `revision modelName model { name } modelVersion { number } run { runId } actor { subject } notes proof { state hash }
  decision { policies { name } rules { kind explanation evidence { summary run { runId } check { name } } } }
  request { reason reviews { reviewer { subject } } } metrics { key recorded { version } current { version } } datasets { name }
  served { seconds } left { reason } next { versionNumber }`;

async function promote(model: string, run: string): Promise<void> {
  const metrics = RULES.map((_, i) => `{ key: "k${i}", value: 1 }`).join(", ");
  await commands.mutate(`
    a: createRun(input: { experiment: { name: "e" }, createExperiment: true, runId: "${run}" }) { run { id } }
    b: logInputs(input: { run: "${run}", datasets: [{ dataset: { name: "d", digest: "1" } }] }) { run { id } }
    c: logBatch(input: { run: "${run}", metrics: [${metrics}] }) { run { id } }
    d: ${register(model, `, run: "${run}"`)} { modelVersion { id } }
    e: ${move(model, 1, "PRODUCTION")} { transition { id } }`);
}

const count = (args: string) =>
  countStatements(() => commands.data(`{ promotionReport(first: 50 ${args}) { totalCount nodes { ${FIELDS} } } }`));

beforeAll(() => promote("m-0", "run-0"));

test("a page takes as many statements for many promotions with many rules as for one without any", async () => {
  const counts = { all: await count(""), ofModels: await count(`where: { models: ["m-*"] }`) };
  expect(counts).toMatchInlineSnapshot(`
    {
      "all": 8,
      "ofModels": 9,
    }
  `);
  await commands.mutate(`applyPolicy(input: { name: "p", selector: { models: ["*"] }, target: { stages: [PRODUCTION] },
    rules: [${RULES.join(", ")}] }) { revision }`);
  for (let number = 1; number < 12; number++) await promote(`m-${number}`, `run-${number}`);
  const { promotionReport } = await commands.data(
    `{ promotionReport { totalCount nodes { decision { rules { kind } } } } }`,
  );
  expect(promotionReport.totalCount).toBe(12);
  expect(promotionReport.nodes[11].decision.rules).toHaveLength(30);
  // evidence leads to runs, which are read in one statement for all rules
  expect(await count("")).toBe(counts.all + 1);
  expect(await count(`where: { models: ["m-*"] }`)).toBe(counts.ofModels + 1);
});
