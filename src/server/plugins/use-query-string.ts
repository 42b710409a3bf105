import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";

/**
 * Reads what a GET asks for from its address (GraphQL over HTTP, GET). Yoga's own parser takes text that is no JSON for
 * a fault of the server's, whose log would then quote it, and leaves `documentId` out.
 */
export function useQueryString(): Plugin {
  return {
    onRequestParse({ request, url, setRequestParser }) {
      if (request.method === "GET") setRequestParser(() => paramsOf(url.searchParams));
    },
  };
}

function paramsOf(given: URLSearchParams): GraphQLParams {
  const text = (name: string) => given.get(name) || undefined;
  const json = (name: string) => parseJson(name, text(name));
  const [query, operationName, documentId] = ["query", "operationName", "documentId"].map(text);
  return {
    query,
    operationName,
    documentId,
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
    throw new GraphQLError(`The parameter ${name} of the address is no JSON.`, { extensions });
  }
}
