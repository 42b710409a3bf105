import { ConnectionError, type GraphQLErrorShape, toError } from "./errors.js";
import { readMessages } from "./server-sent-events.js";

/** A token, or a function that is called at each connection, so that it can renew tokens that expire soon. */
export type TokenSource = string | (() => string | Promise<string>);

export interface ConnectionOptions {
  /** The URL of the server's GraphQL endpoint. */
  readonly url: string | URL;
  readonly token: TokenSource;
}

/** The data of a response, and the errors of refused fields. */
export interface GraphQLResponse<Data> {
  readonly data: Data | null;
  readonly errors: readonly GraphQLErrorShape[];
}

/** The messages of a subscription. */
export interface MessageStream<Data> {
  /** Resolves with the next message. Rejects with a refusal, or when the connection ends. */
  next(): Promise<Data>;
  close(): Promise<void>;
}

const RESPONSE_TIMEOUT_MS = 60_000;
/** The server sends something every 12 seconds, so a connection that is silent for this long is dead. */
const SILENCE_MS = 45_000;

/** A server, over HTTP. Subscriptions use server-sent events (GraphQL over SSE, distinct connections mode). */
export class Connection {
  private readonly options: ConnectionOptions;
  private hasHadToken = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Sends an operation. Returns partial data together with the errors of refused fields. */
  async execute<Data>(document: string, variables: object, signal?: AbortSignal): Promise<GraphQLResponse<Data>> {
    const timeout = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const response = await this.post("application/graphql-response+json, application/json", document, variables, both);
    return readResponse<Data>(response);
  }

  /** Sends an operation. Returns its data, and throws if there is any error. */
  async request<Data>(document: string, variables: object, signal?: AbortSignal): Promise<Data> {
    const { data, errors } = await this.execute<Data>(document, variables, signal);
    if (errors[0]) throw toError(errors[0]);
    if (data === null) throw new ConnectionError("The response has no data.");
    return data;
  }

  subscribe<Data>(document: string, variables: object, signal: AbortSignal): MessageStream<Data> {
    const messages = this.messages<Data>(document, variables, signal);
    return {
      async next() {
        const message = await messages.next();
        if (message.done) throw new ConnectionError("The stream has ended.");
        return message.value;
      },
      async close() {
        await messages.return();
      },
    };
  }

  private async *messages<Data>(
    document: string,
    variables: object,
    signal: AbortSignal,
  ): AsyncGenerator<Data, void, undefined> {
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    const response = await abortIfSilent(this.post("text/event-stream", document, variables, both), silence);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const { errors } = await readResponse(response);
      throw errors[0] ? toError(errors[0]) : new ConnectionError("The server responded without a stream.");
    }
    for await (const text of readMessages(response, () => silence.abort(), SILENCE_MS)) {
      const message = parseResponse<Data>(text);
      if (!message) throw new ConnectionError("The stream was cut off: a message is not a GraphQL response.");
      if (message.errors[0]) throw toError(message.errors[0]);
      if (message.data) yield message.data;
    }
  }

  /** A token source that fails after it has worked may work again later. One that fails at first is a mistake. */
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

async function abortIfSilent(response: Promise<Response>, silence: AbortController): Promise<Response> {
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  return response.finally(() => clearTimeout(timer));
}

async function readResponse<Data>(response: Response): Promise<GraphQLResponse<Data>> {
  const text = await response.text().catch((error: unknown) => {
    throw new ConnectionError(`HTTP ${response.status}, and the response was cut off: ${reasonOf(error)}`);
  });
  const parsed = parseResponse<Data>(text);
  if (!parsed) throw new ConnectionError(`HTTP ${response.status}, and the response is not GraphQL.`);
  return parsed;
}

/** Parses the body of a GraphQL response; null if the text is anything else. */
export function parseResponse<Data>(text: string): GraphQLResponse<Data> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("data" in value || "errors" in value)) return null;
  const { data, errors } = value as Partial<GraphQLResponse<Data>>;
  return { data: data ?? null, errors: errors ?? [] };
}

/** The message of an error, or that of its cause, which says more about a failed fetch. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
