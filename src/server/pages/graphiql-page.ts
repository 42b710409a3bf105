import { GRAPHQL_PATH } from "../yoga.js";
import { acceptsHtml, DOCUMENT_HEADERS, type FindPage, isReading, type Page } from "./pages.js";

export const GRAPHIQL_PATH = "/graphiql";

const OPTIONS = {
  title: "Shelfmark",
  endpoint: GRAPHQL_PATH,
  defaultQuery: "{\n  viewer {\n    actor { subject }\n    scopes\n  }\n}\n",
};

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self' ws://localhost:* ws://127.0.0.1:*; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** GraphiQL, and the way there for a browser that opens the endpoint itself. */
export const findGraphiql: FindPage = (request, path) => {
  if (!isReading(request) || !acceptsHtml(request)) return null;
  if (path === GRAPHIQL_PATH) return showGraphiql;
  return path === GRAPHQL_PATH && request.method === "GET" ? redirect : null;
};

const showGraphiql: Page = async (_request, response, requestId) => {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  response.writeHead(200, {
    ...DOCUMENT_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY,
    "x-request-id": requestId,
  });
  response.end(renderGraphiQL(OPTIONS));
};

const redirect: Page = (request, response, requestId) => {
  const [, query] = (request.url ?? "").split(/\?(.*)/s, 2);
  response.writeHead(303, {
    ...DOCUMENT_HEADERS,
    location: query ? `${GRAPHIQL_PATH}?${query}` : GRAPHIQL_PATH,
    "x-request-id": requestId,
  });
  response.end();
};
