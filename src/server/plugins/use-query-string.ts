import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";

/**
 * Parses the URL parameters of a GET (GraphQL over HTTP, GET). Yoga's own parser leaves `documentId` out, and reports
 * invalid JSON as a fault of the server, with the text in the log.
 */
export function useQueryString(): Plugin {
  return {
    onRequestParse({ request, url, setRequestParser }) {
      if (request.method === "GET") setRequestParser(() => parseParams(url.searchParams));
    },
  };
}

function parseParams(given: URLSearchParams): GraphQLParams {
  const text = (name: string) => given.get(name) || undefined;
  const json = (name: string) => parseJson(name, text(name));
  return {
    query: text("query"),
    operationName: text("operationName"),
    documentId: text("documentId"),
    variables: json("variables"),
    extensions: json("extensions"),
  } as GraphQLParams;
}

function parseJson(name: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const extensions = { code: "BAD_REQUEST", http: { status: 400 } };
    throw new GraphQLError(`The URL parameter "${name}" is not valid JSON.`, { extensions });
  }
}
