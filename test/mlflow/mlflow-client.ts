import { type As, mintTestToken } from "../support/token.js";

export interface MlflowAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its endpoint, which tests know
  readonly body: any;
}

export type Call = (method: string, path: string, fields?: object, as?: As) => Promise<MlflowAnswer>;

const API = "/mlflow/api/2.0/mlflow";

/** Sends requests as MLflow's client does: the fields of GET in the query, and else as JSON. */
export function mlflowClient(graphqlUrl: string): Call {
  const base = graphqlUrl.replace(/\/graphql$/, "");
  return async (method, path, fields = {}, as = {}) => {
    const query = method === "GET" ? `?${queryOf(fields)}` : "";
    return send(`${base}${API}${path}${query}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${await mintTestToken(as)}` },
      ...(method === "GET" ? {} : { body: JSON.stringify(fields) }),
    });
  };
}

export async function send(url: string, init: RequestInit): Promise<MlflowAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function queryOf(fields: object): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(key, String(each));
  }
  return query.toString();
}
