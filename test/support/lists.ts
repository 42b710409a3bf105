import type { TestServer } from "./server.js";

export interface List {
  /** The field with its own arguments, around which those of the page are put. */
  readonly field: string;
  readonly args?: string;
  /** What stands around the field. */
  readonly within?: (selection: string) => string;
}

const root = (selection: string) => `{ ${selection} }`;
const ofModel = (selection: string) => `{ model(name: "m") { ${selection} } }`;
const ofVersion = (selection: string) => `{ model(name: "m") { version(number: 1) { ${selection} } } }`;

export interface PageOfIds {
  readonly ids: string[];
  readonly info: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  readonly cursors: string[];
}

function documentOf({ field, args = "", within = root }: List, page: string): string {
  return within(
    `list: ${field}(${args} ${page}) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
  );
}

export async function readPage(server: TestServer, list: List, page: string): Promise<PageOfIds> {
  const data = await server.data(documentOf(list, page));
  const { model, experiment, run } = data;
  const { edges, pageInfo } = (model?.version ?? model ?? experiment ?? run ?? data).list;
  const column = (name: string) =>
    edges.map((edge: { cursor: string; node: { id: string } }) => (name === "id" ? edge.node.id : edge.cursor));
  return { ids: column("id"), cursors: column("cursor"), info: pageInfo };
}

export async function refusalOfPage(server: TestServer, list: List, page: string) {
  const { errors } = await server.request(documentOf(list, page));
  return errors?.[0]?.extensions;
}

export const orders = (field: string, names: string[], within?: List["within"]): List[] =>
  names.flatMap((name) =>
    ["ASC", "DESC"].map((direction) => ({
      field,
      args: `orderBy: {field: ${name}, direction: ${direction}}`,
      ...(within ? { within } : {}),
    })),
  );

const MODELS = orders("models", ["NAME", "CREATED_AT", "UPDATED_AT"]);
const VERSIONS = orders("modelVersions", ["NUMBER", "CREATED_AT", "UPDATED_AT"]);
const NESTED = orders("versions", ["NUMBER", "CREATED_AT", "UPDATED_AT"], ofModel);
const MOVES: List[] = [
  { field: "stageTransitions" },
  { field: "transitions", within: ofModel },
  { field: "transitions", within: ofVersion },
  { field: "aliasTransitions" },
  { field: "aliasTransitions", within: ofModel },
];
/** Every list in every order. */
export const LISTS = [...MODELS, ...VERSIONS, ...NESTED, ...MOVES].map((list) => ({
  ...list,
  title: `${list.within === ofModel ? "Model." : list.within === ofVersion ? "ModelVersion." : ""}${list.field} ${list.args ?? ""}`,
}));

/** Nine models, one of which has nine versions, the first of which moved four times, as an alias of it did. */
export async function fillLists(server: TestServer): Promise<{ models: string[]; versions: string[] }> {
  const models: string[] = [];
  const versions: string[] = [];
  for (let i = 0; i < 9; i++) models.push(await register(server, `a-${i}`));
  for (let i = 0; i < 9; i++) versions.push(await createVersion(server));
  for (const to of ["ARCHIVED", "NONE", "ARCHIVED", "NONE"]) await server.data(MOVE, { id: versions[0], to });
  for (let i = 0; i < 2; i++) await server.data(SET_AND_DELETE_ALIAS);
  return { models, versions };
}

const REGISTER = "mutation ($name: String!) { registerModel(input: {name: $name}) { model { id } } }";
const CREATE = `mutation { createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/x"}) { modelVersion { id } } }`;
export const MOVE =
  "mutation ($id: ID!, $to: Stage!) { transitionModelVersion(input: {version: {id: $id}, to: $to}) { transition { id } } }";
const SET_AND_DELETE_ALIAS = `mutation {
  setAlias(input: {version: {number: {model: "m", number: 1}}, alias: "champion"}) { alias { name } }
  deleteAlias(input: {model: {name: "m"}, alias: "champion"}) { previous { id } } }`;

export async function register(server: TestServer, name: string): Promise<string> {
  return (await server.data(REGISTER, { name })).registerModel.model.id;
}

export async function createVersion(server: TestServer): Promise<string> {
  return (await server.data(CREATE)).createModelVersion.modelVersion.id;
}
