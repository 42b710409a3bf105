import { ConnectionError, type GraphQLErrorShape, toError } from "./errors.js";
import { readMessages } from "./server-sent-events.js";

/** A token, or where to get one: asked at each connection, so that short-lived tokens are renewed. */
export type TokenSource = string | (() => string | Promise<string>);

export interface ConnectionOptions {
  /** The server's GraphQL address. */
  readonly url: string | URL;
  readonly token: TokenSource;
}

export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors: readonly GraphQLErrorShape[];
}

const ANSWER_MS = 60_000;
/** The server says something every 12 seconds, so whoever is silent for so long is gone. */
const SILENCE_MS = 45_000;

/** One server, over HTTP: operations, and subscriptions as server-sent events (GraphQL over SSE, distinct connections). */
export class Connection {
  private readonly options: ConnectionOptions;
  private hasHadToken = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** The whole answer, refused fields included. */
  async ask<Data>(document: string, variables: object, signal?: AbortSignal): Promise<Answer<Data>> {
    const timeout = AbortSignal.timeout(ANSWER_MS);
    const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const response = await this.post("application/graphql-response+json, application/json", document, variables, both);
    const { data = null, errors = [] } = (await readJson(response)) as {
      data?: Data | null;
      errors?: GraphQLErrorShape[];
    };
    return { data, errors };
  }

  /** The data; any error is thrown. */
  async request<Data>(document: string, variables: object, signal?: AbortSignal): Promise<Data> {
    const { data, errors } = await this.ask<Data>(document, variables, signal);
    if (errors[0]) throw toError(errors[0]);
    if (data === null) throw new ConnectionError("The server answered without data.");
    return data;
  }

  /** The data of each message. Ends by throwing: a refusal, or that the connection is gone. */
  async *subscribe<Data>(
    document: string,
    variables: object,
    signal: AbortSignal,
  ): AsyncGenerator<Data, never, undefined> {
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    const response = await inTime(this.post("text/event-stream", document, variables, both), silence);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const { errors = [] } = (await readJson(response)) as { errors?: GraphQLErrorShape[] };
      throw errors[0] ? toError(errors[0]) : new ConnectionError("The server answered without a stream.");
    }
    for await (const text of readMessages(response, () => silence.abort(), SILENCE_MS)) {
      const { data, errors } = parseMessage(text) as { data?: Data | null; errors?: GraphQLErrorShape[] };
      if (errors?.[0]) throw toError(errors[0]);
      if (data) yield data;
    }
    throw new ConnectionError("The stream has ended.");
  }

  /** Whoever once had a token gets one again, if not at once; who never had any has got the callback wrong. */
  private async bearer(): Promise<string> {
    const { token } = this.options;
    if (typeof token === "string") return token;
    try {
      const bearer = await token();
      this.hasHadToken = true;
      return bearer;
    } catch (error) {
      if (!this.hasHadToken) throw error;
      throw new ConnectionError(`There is no token: ${reasonOf(error)}`);
    }
  }

  private async post(accept: string, query: string, variables: object, signal: AbortSignal): Promise<Response> {
    const { url } = this.options;
    const bearer = await this.bearer();
    const headers = { accept, "content-type": "application/json", authorization: `Bearer ${bearer}` };
    try {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal });
      // On Node.js 20 a fetch whose request was garbage collected does not see its signal any more: its body would hang.
      return new Response(response.body?.pipeThrough(new TransformStream(), { signal }), response);
    } catch (error) {
      throw new ConnectionError(`${new URL(url).origin} cannot be reached: ${reasonOf(error)}`);
    }
  }
}

async function inTime(answer: Promise<Response>, silence: AbortController): Promise<Response> {
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  return answer.finally(() => clearTimeout(timer));
}

function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConnectionError("The stream broke off: a message of it is no JSON.");
  }
}

async function readJson(response: Response): Promise<object> {
  try {
    const answer: unknown = JSON.parse(await response.text());
    if (typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer)) return answer;
  } catch (error) {
    throw new ConnectionError(`HTTP ${response.status}, and the answer broke off: ${reasonOf(error)}`);
  }
  throw new ConnectionError(`HTTP ${response.status}, and nothing that is GraphQL.`);
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
