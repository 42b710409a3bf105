/** A server that speaks MLflow's REST API: ours, or MLflow's own. */
export interface MlflowApi {
  /** What comes before `/api/2.0/mlflow`. */
  readonly base: string;
  readonly token: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface MlflowRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Below `/api/2.0`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Fields, or the bytes of a file. */
  readonly body?: Fields | string;
}

export function pathOf({ base }: MlflowApi, { path, query }: MlflowRequest): string {
  const { pathname } = new URL(base);
  const search = query ? `?${new URLSearchParams(query)}` : "";
  return `${pathname === "/" ? "" : pathname}/api/2.0${path}${search}`;
}

export function bodyOf({ body }: MlflowRequest): string {
  return body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
}

/** The text that a server answers with. Throws unless it is 200. */
export async function ask(api: MlflowApi, request: MlflowRequest): Promise<string> {
  const response = await fetch(new URL(pathOf(api, request), api.base), {
    method: request.method,
    headers: { "content-type": "application/json", authorization: `Bearer ${api.token}` },
    ...(request.method === "GET" ? {} : { body: bodyOf(request) }),
  }).catch((cause: Error) => {
    throw new Error(`${request.method} ${api.base}${request.path} failed: ${cause.cause ?? cause}`, { cause });
  });
  const text = await response.text();
  if (response.status === 200) return text;
  throw new Error(`${request.method} ${request.path} was refused with ${response.status}: ${text.slice(0, 500)}`);
}

export async function post<T>(api: MlflowApi, path: string, body: Fields): Promise<T> {
  return JSON.parse(await ask(api, { method: "POST", path: `/mlflow${path}`, body })) as T;
}
