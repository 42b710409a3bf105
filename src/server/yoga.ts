import type { ExecutionResult, GraphQLError, GraphQLSchema } from "graphql";
import { type CORSOptions, createYoga, type Plugin, type YogaServerInstance } from "graphql-yoga";
import type { Viewer } from "../domain/access/actor.js";
import { type ErrorCode, UnauthenticatedError } from "../domain/errors.js";
import { toClientError } from "../graphql/kit/client-errors.js";
import { authenticate, requireUnexpired } from "./kit/authenticate.js";
import { toClientResult } from "./kit/client-result.js";
import { refusalHeaders, statusOf, withStatus } from "./kit/http-status.js";
import type { EntryPointContext, EntryPointServices, Limiters } from "./kit/services.js";
import type { Arrival } from "./limits/admission.js";
import { requireBounded } from "./limits/variable-bounds.js";
import { createDocumentCache } from "./plugins/document-cache.js";
import { useHeadFirst, useReferenceExecutor, useRequestTimeout } from "./plugins/execution.js";
import { requireListed } from "./plugins/operation-list.js";
import { useAdmission, useCosts } from "./plugins/use-costs.js";
import { useDocumentLimits } from "./plugins/use-document-limits.js";
import { useMediaTypes } from "./plugins/use-media-types.js";
import { useQueryString } from "./plugins/use-query-string.js";
import { useRequestRecord } from "./plugins/use-request-record.js";
import { useSubscriptionSize } from "./plugins/use-subscription-size.js";
import { codesOf } from "./requests/request-record.js";
import { useSubscriptions } from "./streams/use-subscriptions.js";

export const GRAPHQL_PATH = "/graphql";

/** What plugins note on one HTTP request while it is served. */
interface Noted extends Pick<EntryPointContext, "record"> {
  arrival: Arrival;
  viewer?: Viewer;
  codes?: readonly string[];
}

export type Yoga = YogaServerInstance<Noted, object>;

const HTML_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self' ws://localhost:* ws://127.0.0.1:*; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
};

/** The GraphQL engine that both doors share, so that the same limits and the same errors hold on both. */
export function createYogaServer(schema: GraphQLSchema, services: EntryPointServices, limiters: Limiters): Yoga {
  const { config, isLocal, makeContext, sessions, now } = services;
  const { corsOrigins, limits } = config;
  const timeoutMs = limits.requestTimeoutMs;
  return createYoga<Noted, object>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: (initial) => {
      const { viewer, record } = initial as Noted;
      if (!viewer) throw new UnauthenticatedError("A bearer token is required.", "missing");
      // it was verified when the head came, and the body may have taken a minute more
      sessions.require(viewer);
      requireUnexpired(viewer, now());
      return makeContext(viewer, record.requestId);
    },
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    cors: corsOrigins.length > 0 && ((request) => corsFor(request.headers.get("origin"), corsOrigins)),
    graphiql: isLocal
      ? { title: "Shelfmark", defaultQuery: "{\n  viewer {\n    actor { subject }\n    scopes\n  }\n}\n" }
      : false,
    renderGraphiQL: async (options) => (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    landingPage: false,
    batching: false,
    extraParamNames: ["documentId"],
    multipart: false,
    maxRequestBodySize: false, // the door has seen to it, by the limit of the configuration
    logging: false,
    // useDoor masks them; yoga's own plugin would put two more iterators around every subscription
    maskedErrors: false,
    plugins: [
      useRequestRecord(),
      useDoor(services, limiters),
      useMediaTypes(services),
      useQueryString(),
      useDocumentLimits(limits),
      useSubscriptionSize(limits.subscriptionBytes, services),
      useCosts({ rates: limiters.rates, services, max: limits.documentComplexity }),
      useReferenceExecutor(),
      useSubscriptions(services, limiters),
      useHeadFirst(),
      useAdmission(limiters.admission),
      useRequestTimeout(timeoutMs),
    ] as Plugin<object>[],
  });
}

/** Not a list: yoga would tell every other origin which one is allowed, or that `null` is. */
function corsFor(origin: string | null, allowed: readonly string[]): CORSOptions {
  if (origin === null || !allowed.includes(origin)) return false;
  const exposedHeaders = ["x-request-id", "retry-after", "www-authenticate"];
  return { origin, credentials: false, methods: ["GET", "POST"], exposedHeaders };
}

function useDoor(services: EntryPointServices, { rates }: Limiters): Plugin<object, Noted> {
  const { config, verifier, isLocal, tracker } = services;
  return {
    async onRequest({ request, fetchAPI, endResponse, serverContext }) {
      const noted = serverContext as Noted;
      const { address, requestId } = noted.record;
      const isPage = isLocal && request.method === "GET" && request.headers.get("accept")?.includes("text/html");
      if (isPage || request.method === "OPTIONS") return;
      try {
        const viewer = await authenticate(verifier, request.headers.get("authorization"), () =>
          rates.countRefusedToken(address),
        ).catch((error: unknown) => {
          tracker.recordRefusedToken(error);
          throw error;
        });
        const { requestBytes } = noted.record;
        await rates.countOperation(viewer.actor, requestBytes);
        noted.arrival.assignTo(viewer.actor, requestBytes);
        noted.viewer = viewer;
      } catch (error) {
        const refusal = toClientError(error, requestId, services);
        noted.codes = [String(refusal.extensions.code)];
        endResponse(
          refuse(refusal, (status, headers) => fetchAPI.Response.json({ errors: [refusal] }, { status, headers })),
        );
      }
    },
    onParams({ params, setParams }) {
      requireBounded(params.variables, config.limits);
      const query = requireListed(config.operations, params);
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
    onResultProcess({ result, setResult, serverContext }) {
      const noted = serverContext as Noted;
      if (Symbol.asyncIterator in result) return; // a ClientStream, whose results are for clients already
      const answer = toClientResult(result as ExecutionResult, noted.record.requestId, services);
      noted.codes = codesOf(answer);
      setResult(withStatus(answer));
    },
    onResponse({ response, serverContext }) {
      response.headers.set("x-request-id", (serverContext as Noted).record.requestId);
      response.headers.set("x-content-type-options", "nosniff");
      response.headers.set("referrer-policy", "no-referrer");
      response.headers.set("cache-control", "no-store");
      const type = response.headers.get("content-type");
      // nginx keeps a stream's events back until they fill a buffer, unless it is told not to
      if (type?.startsWith("text/event-stream")) response.headers.set("x-accel-buffering", "no");
      if (type?.startsWith("text/html")) {
        for (const [name, value] of Object.entries(HTML_HEADERS)) response.headers.set(name, value);
      }
    },
  };
}

/** At the door, HTTP says it too (RFC 6750 §3, RFC 9110 §10.2.3). */
function refuse<T>({ extensions }: GraphQLError, respond: (status: number, headers: Record<string, string>) => T): T {
  const code = extensions.code as ErrorCode;
  return respond(statusOf(code), refusalHeaders(code, extensions));
}
