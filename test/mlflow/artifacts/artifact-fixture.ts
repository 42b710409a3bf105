import type { GraphQLAnswer } from "../../support/server.js";
import { type As, mintTestToken } from "../../support/token.js";

export const ARTIFACTS = "/mlflow/api/2.0/mlflow-artifacts/artifacts";

/** The address of the server, without `/graphql`. */
export const baseOf = (graphqlUrl: string) => graphqlUrl.replace(/\/graphql$/, "");

export interface FileAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its endpoint, which tests know
  readonly body: any;
}

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

export interface FileClient {
  send(
    method: string,
    path: string,
    options?: { body?: Body; headers?: Record<string, string>; as?: As },
  ): Promise<FileAnswer>;
  put(path: string, body: Body, as?: As): Promise<FileAnswer>;
  get(path: string, headers?: Record<string, string>, as?: As): Promise<FileAnswer>;
  list(path: string, as?: As): Promise<FileAnswer>;
}

/** Sends files as MLflow's client does. A path begins with the number of an experiment. */
export function fileClient(graphqlUrl: string): FileClient {
  const base = baseOf(graphqlUrl);
  const send: FileClient["send"] = async (method, path, { body, headers = {}, as = {} } = {}) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${await mintTestToken(as)}`, ...headers },
      ...(body === undefined ? {} : { body, duplex: "half" }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json" && text !== "";
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  };
  return {
    send,
    put: (path, body, as) => send("PUT", `${ARTIFACTS}/${path}`, { body, ...(as ? { as } : {}) }),
    get: (path, headers = {}, as) => send("GET", `${ARTIFACTS}/${path}`, { headers, ...(as ? { as } : {}) }),
    list: (path, as) => send("GET", `${ARTIFACTS}?path=${encodeURIComponent(path)}`, as ? { as } : {}),
  };
}

/** Creates a run in an experiment of that name. Returns the path of its artifacts. */
export async function createRunPlace(graphqlUrl: string, experiment: string, as: As = {}): Promise<string> {
  const query = `mutation ($experiment: String!) {
    createRun(input: { experiment: { name: $experiment }, createExperiment: true }) { run { id experiment { number } } }
  }`;
  const response = await fetch(graphqlUrl, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await mintTestToken(as)}` },
    body: JSON.stringify({ query, variables: { experiment } }),
  });
  const { data, errors } = (await response.json()) as GraphQLAnswer;
  if (errors) throw new Error(JSON.stringify(errors));
  const { id, experiment: created } = data.createRun.run;
  const run = Buffer.from(id, "base64").toString().replace("Run:", "");
  return `${created.number}/${run}/artifacts`;
}
