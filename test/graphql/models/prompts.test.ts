import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";

const PROMPT = `tags: [{key: "mlflow.prompt.is_prompt", value: "true"}]`;
const commands = useCommandServer(`
  m: registerModel(input: {name: "fraud"}) { created }
  p: registerModel(input: {name: "greeting", ${PROMPT}}) { created }`);

const list = async (where = "") => {
  const { models } = await commands.data(`{ models${where} { totalCount nodes { name kind } } }`);
  const names = models.nodes.map(({ name, kind }: { name: string; kind: string }) => `${name} ${kind}`);
  expect(models.totalCount).toBe(names.length);
  return names;
};

test("prompts are in the list only where the filter has a condition on the kind", async () => {
  expect(await list()).toEqual(["fraud MODEL"]);
  expect(await list(`(where: {name: {startsWith: "g"}})`)).toEqual([]);
  expect(await list("(where: {kind: [PROMPT]})")).toEqual(["greeting PROMPT"]);
  expect(await list("(where: {kind: [MODEL, PROMPT]})")).toEqual(["fraud MODEL", "greeting PROMPT"]);
  expect(await list("(where: {NOT: {kind: [MODEL]}})")).toEqual(["greeting PROMPT"]);
  expect(await list(`(where: {OR: [{kind: [PROMPT]}, {name: {equals: "fraud"}}]})`)).toEqual([
    "fraud MODEL",
    "greeting PROMPT",
  ]);
});

test("a prompt is there by its name and as a node", async () => {
  const { model } = await commands.data(`{ model(name: "greeting") { id kind } }`);
  const node = await commands.data(`{ node(id: "${model.id}") { ... on Model { kind } } }`);
  expect(node).toEqual({ node: { kind: "PROMPT" } });
});
