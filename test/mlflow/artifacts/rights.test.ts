import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type As, mintTestToken } from "../../support/token.js";
import { ARTIFACTS, baseOf, createRunPlace, type FileClient, fileClient } from "./artifact-fixture.js";

let server: TestServer;
let files: FileClient;
let place: string;
let foreign: string;
beforeAll(async () => {
  server = await startTestServer();
  files = fileClient(server.url);
  place = await createRunPlace(server.url, "training");
  foreign = await createRunPlace(server.url, "secret");
  await files.put(`${place}/kept.txt`, "kept");
  await files.put(`${foreign}/kept.txt`, "kept");
});
afterAll(() => server?.stop());

interface Route {
  readonly method: string;
  readonly path: (place: string) => string;
  readonly body?: string;
  readonly scope: Scope;
}

const ROUTES: Readonly<Record<string, Route>> = {
  list: { method: "GET", path: (at) => `${ARTIFACTS}?path=${at}`, scope: "artifacts:read" },
  "list with HEAD": { method: "HEAD", path: (at) => `${ARTIFACTS}?path=${at}`, scope: "artifacts:read" },
  read: { method: "GET", path: (at) => `${ARTIFACTS}/${at}/kept.txt`, scope: "artifacts:read" },
  head: { method: "HEAD", path: (at) => `${ARTIFACTS}/${at}/kept.txt`, scope: "artifacts:read" },
  write: { method: "PUT", path: (at) => `${ARTIFACTS}/${at}/new.txt`, body: "new", scope: "runs:write" },
  "delete a file": { method: "DELETE", path: (at) => `${ARTIFACTS}/${at}/new.txt`, scope: "runs:write" },
  "delete a directory": { method: "DELETE", path: (at) => `${ARTIFACTS}/${at}/none`, scope: "runs:write" },
};
const EVERY_OTHER: readonly Scope[] = ["models:read", "models:write", "models:delete", "runs:read", "audit:read"];

const call = ({ method, path, body }: Route, at: string, as: As) =>
  files.send(method, path(at), { as, ...(body === undefined ? {} : { body }) });

test.each(Object.entries(ROUTES))("%s requires its scope, before anything is looked up", async (_name, route) => {
  const others: Scope[] = [...EVERY_OTHER, route.scope === "runs:write" ? "artifacts:read" : "runs:write"];
  const as = { subject: "mallory", scopes: others };
  const refused = await call(route, place, as);
  expect([refused.status, refused.body?.error_code ?? ""]).toEqual([
    403,
    route.method === "HEAD" ? "" : "PERMISSION_DENIED",
  ]);
  expect((await call(route, "999/absent/artifacts", as)).text).toBe(refused.text);
  expect((await call(route, place, { subject: "mallory", scopes: [route.scope] })).status).toBe(200);
});

test.each(Object.entries(ROUTES))(
  "%s: what a token may not see is answered as what is not there",
  async (_name, route) => {
    const narrow: As = { subject: "narrow", scopes: [route.scope], experiments: ["training"] };
    expect((await call(route, place, narrow)).status).toBe(200);
    const [number = "", run = ""] = place.split("/");
    const [secret = ""] = foreign.split("/");
    const places = [
      foreign,
      `999/${run}/artifacts`,
      `${number}/absent/artifacts`,
      // the run is of another experiment, whose number the path does not have
      `${number}/${foreign.split("/")[1]}/artifacts`,
      `${secret}/models/m-1/artifacts`,
      "999/models/m-1/artifacts",
      number,
      `${number}/${run}`,
      `${number}/${run}/artifactsx`,
      "x",
    ];
    for (const at of places) {
      const hidden = await call(route, at, narrow);
      expect([at, hidden.status, hidden.body?.error_code]).toEqual([
        at,
        404,
        route.method === "HEAD" ? undefined : "RESOURCE_DOES_NOT_EXIST",
      ]);
      if (hidden.body)
        expect(hidden.body.message.replace(at, "PLACE").replace(/PLACE.*/, "")).toBe("No such artifact: '");
    }
  },
);

test("a token with a models claim sees the files of the runs that made its models, and no others", async () => {
  const register = (model: string, run: string | undefined) =>
    server.data(
      `mutation ($model: String!, $run: ID) { createModelVersion(input: { model: { name: $model }, createModel: true,
        source: "s3://b/1", run: $run }) { modelVersion { id } } }`,
      { model, run: Buffer.from(`Run:${run}`).toString("base64") },
    );
  await register("fraud", place.split("/")[1]);
  await register("other", foreign.split("/")[1]);
  const as: As = { subject: "serving", scopes: ["models:read", "artifacts:read"], models: ["fraud"] };
  expect((await files.get(`${place}/kept.txt`, {}, as)).text).toBe("kept");
  expect((await files.get(`${foreign}/kept.txt`, {}, as)).status).toBe(404);
  expect((await files.get(`${place.split("/")[0]}/models/m-1/artifacts/x`, {}, as)).status).toBe(404);
});

test.each([
  ["the list of a run", "/mlflow/api/2.0/mlflow/artifacts/list?run_id=RUN", "runs:read"],
  ["a file of a run", "/mlflow/get-artifact?run_uuid=RUN&path=kept.txt", "runs:read"],
  ["the list of a logged model", "/mlflow/api/2.0/mlflow/logged-models/MODEL/artifacts/directories", "runs:read"],
  [
    "a file of a logged model",
    "/mlflow/ajax-api/2.0/mlflow/logged-models/MODEL/artifacts/files?artifact_file_path=kept.txt",
    "runs:read",
  ],
] as const)("%s requires two scopes and a visible owner", async (_name, path, scope) => {
  const [mine, hidden] = await Promise.all([place, foreign].map((at) => ownersOf(at)));
  const at = ({ run, model }: Owners) => path.replace("RUN", run).replace("MODEL", model);
  const get = async (target: string, as: As) => (await files.send("GET", target, { as })).status;
  const both: Scope[] = [scope, "artifacts:read"];
  const narrow: As = { subject: "narrow", scopes: both, experiments: ["training"] };
  expect(await get(at(mine as Owners), narrow)).toBe(200);
  for (const missing of both) {
    const held = both.filter((each) => each !== missing);
    expect([missing, await get(at(mine as Owners), { ...narrow, scopes: held })]).toEqual([missing, 403]);
  }
  expect(await get(at(hidden as Owners), narrow)).toBe(404);
  expect(await get(at({ run: "absent", model: "m-absent" }), narrow)).toBe(404);
});

interface Owners {
  readonly run: string;
  readonly model: string;
}

/** The run of a place, and a logged model of its experiment with a file. */
async function ownersOf(at: string): Promise<Owners> {
  const [number = "", run = ""] = at.split("/");
  const created = await files.send("POST", "/mlflow/api/2.0/mlflow/logged-models", {
    body: JSON.stringify({ experiment_id: number, name: "model" }),
    headers: { "content-type": "application/json" },
  });
  const model: string = created.body.model.info.model_id;
  expect((await files.put(`${number}/models/${model}/artifacts/kept.txt`, "kept")).status).toBe(200);
  return { run, model };
}

test("the files of a logged model are those of whoever sees it", async () => {
  const [number = "", secret = ""] = [place, foreign].map((at) => at.split("/")[0]);
  const [mine, hidden] = await Promise.all([place, foreign].map((at) => ownersOf(at)));
  const as: As = { subject: "narrow", scopes: ["artifacts:read", "runs:write"], experiments: ["training"] };
  const path = (of: string, owners: Owners | undefined) => `${of}/models/${owners?.model}/artifacts`;
  expect((await files.get(`${path(number, mine)}/kept.txt`, {}, as)).text).toBe("kept");
  expect((await files.put(`${path(number, mine)}/more.txt`, "more", as)).status).toBe(200);
  for (const at of [path(secret, hidden), path(number, hidden), path(secret, mine)]) {
    expect([at, (await files.get(`${at}/kept.txt`, {}, as)).status]).toEqual([at, 404]);
    expect([at, (await files.put(`${at}/more.txt`, "more", as)).status]).toEqual([at, 404]);
  }
});

test("the files of a deleted run are gone until it is restored", async () => {
  const at = await createRunPlace(server.url, "training");
  await files.put(`${at}/x.txt`, "x");
  const run = Buffer.from(`Run:${at.split("/")[1]}`).toString("base64");
  await server.data(`mutation ($run: ID!) { deleteRun(input: { run: $run }) { __typename } }`, { run });
  expect((await files.get(`${at}/x.txt`)).status).toBe(404);
  expect((await files.put(`${at}/x.txt`, "y")).status).toBe(404);
  await server.data(`mutation ($run: ID!) { restoreRun(input: { run: $run }) { __typename } }`, { run });
  expect((await files.get(`${at}/x.txt`)).text).toBe("x");
});

test("nobody without a token, and no page of another site with the browser's Basic", async () => {
  const paths = Object.values(ROUTES).map(({ method, path }) => ({ method, path: path(place) }));
  const basic = `Basic ${Buffer.from(`any:${await mintTestToken()}`).toString("base64")}`;
  for (const { method, path } of paths) {
    expect([path, await statusOf(method, path, {})]).toEqual([path, 401]);
    expect([path, await statusOf(method, path, { authorization: "Bearer nonsense" })]).toEqual([path, 401]);
    const foreignPage = { authorization: basic, origin: "https://evil.example" };
    expect([path, await statusOf(method, path, foreignPage)]).toEqual([path, 403]);
    expect([path, await statusOf(method, path, { authorization: basic, "sec-fetch-site": "cross-site" })]).toEqual([
      path,
      403,
    ]);
    expect([path, await statusOf(method, path, { authorization: basic })]).toEqual([path, 200]);
  }
});

/** Sends paths as they are, which fetch does not. */
function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  const { hostname, port } = new URL(baseOf(server.url));
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject).end(method === "PUT" ? "x" : undefined);
  });
}

test.each([
  ["..", 400],
  ["../../kept.txt", 400],
  ["%2e%2e/%2e%2e/x", 400],
  ["..%2f..%2fx", 400],
  ["%252e%252e%252fx", 400],
  ["..%5c..%5cx", 400],
  ["x%00.txt", 400],
  ["%c0%ae%c0%ae%c0%afx", 400],
  ["a//b", 400],
  ["./x", 400],
])("no method takes the path %s", async (attack, status) => {
  const authorization = `Bearer ${await mintTestToken()}`;
  for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
    expect([method, await statusOf(method, `${ARTIFACTS}/${place}/${attack}`, { authorization })]).toEqual([
      method,
      status,
    ]);
  }
  const listed = await statusOf("GET", `${ARTIFACTS}?path=${place}/${attack}`, { authorization });
  // bytes that are no character are one that means nothing, in a query
  expect(listed).toBe(attack.startsWith("%c0") ? 200 : status);
});
