import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { postGraphQL } from "../../support/process/server-process.js";
import type { GraphQLAnswer } from "../../support/server.js";
import type { Result } from "./results.js";

export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

type Variables = Readonly<Record<string, unknown>>;

/** Executes an operation. Its output is its data, or of a subscription the event of the next message. */
export async function executeOperation(endpoint: Endpoint, document: string, variables: Variables): Promise<Result> {
  const isStream = getOperationAST(parse(document))?.operation === "subscription";
  if (isStream) return subscribe(endpoint, document, variables);
  const data = dataOf(await postGraphQL(endpoint.url, endpoint.token, { query: document, variables }));
  return { text: () => JSON.stringify(data), isOver: () => true, json: async () => data };
}

async function subscribe({ url, token }: Endpoint, query: string, variables: Variables): Promise<Result> {
  const client = createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  const messages = client.iterate({ query, variables }) as AsyncIterableIterator<GraphQLAnswer>;
  const next = async () => {
    const { value } = await messages.next();
    const [message] = Object.values<{ event: unknown }>(dataOf(value));
    return message?.event;
  };
  const first = await next();
  if (first !== null) throw new Error("The stream does not begin with a bookmark.");
  return {
    text: () => "",
    isOver: () => true,
    async json() {
      for (;;) {
        const event = await next();
        if (event !== null) return event;
      }
    },
  };
}

function dataOf({ data, errors }: GraphQLAnswer): Record<string, never> {
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
