import type { IncomingMessage } from "node:http";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { parseJson } from "../../util/exact-json.js";
import { badRequest } from "../kit/bad-request.js";
import type { HttpContext } from "../kit/services.js";

/**
 * Parses the URL parameters of a GET (GraphQL over HTTP, GET). Yoga's own parser leaves `documentId` out, and reports
 * invalid JSON as a fault of the server, with the text in the log.
 */
export function useQueryString(): Plugin<object, HttpContext & { req: IncomingMessage }> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method === "GET") setRequestParser(() => parseParams(serverContext.req.url ?? ""));
    },
  };
}

function parseParams(url: string): GraphQLParams {
  const given = parseQueryString(url.split("?").slice(1).join("?"));
  const text = (name: string) => given.get(name) || undefined;
  const json = (name: string) => parseParam(name, text(name));
  return {
    query: text("query"),
    operationName: text("operationName"),
    documentId: text("documentId"),
    variables: json("variables"),
    extensions: json("extensions"),
  } as GraphQLParams;
}

/** URLSearchParams would replace bytes that are not UTF-8, and the changed text would be looked up or stored. */
function parseQueryString(query: string): URLSearchParams {
  try {
    decodeURIComponent(query);
  } catch {
    throw badRequest("The URL parameters are not percent-encoded UTF-8.");
  }
  return new URLSearchParams(query);
}

function parseParam(name: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    throw badRequest(`The URL parameter "${name}" is not valid JSON.`);
  }
}
