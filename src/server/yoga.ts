import type { GraphQLSchema } from "graphql";
import { createYoga, type YogaServerInstance } from "graphql-yoga";
import { UnauthenticatedError } from "../domain/errors.js";
import { createDocumentCache } from "../graphql/request/document-cache.js";
import { requireStillValid } from "./kit/authenticate.js";
import { corsOptionsFor } from "./kit/cross-origin.js";
import type { EntryPointServices, HttpContext, Limiters } from "./kit/services.js";
import { useAdmission } from "./plugins/use-admission.js";
import { useAuthentication } from "./plugins/use-authentication.js";
import { useClientResults } from "./plugins/use-client-results.js";
import { useCosts } from "./plugins/use-costs.js";
import { useDocumentLimits } from "./plugins/use-document-limits.js";
import { useHeadFirst } from "./plugins/use-head-first.js";
import { useMediaTypes } from "./plugins/use-media-types.js";
import { useOperationParams } from "./plugins/use-operation-params.js";
import { usePreparedFailure, usePreparedOperations } from "./plugins/use-prepared-operations.js";
import { useQueryString } from "./plugins/use-query-string.js";
import { useRequestBody } from "./plugins/use-request-body.js";
import { useRequestRecord } from "./plugins/use-request-record.js";
import { useRequestTimeout } from "./plugins/use-request-timeout.js";
import { useResponseHeaders } from "./plugins/use-response-headers.js";
import { useSelectedOperation } from "./plugins/use-selected-operation.js";
import { useSubscriptionSize } from "./plugins/use-subscription-size.js";
import { lastEventIdOf, useEventIds } from "./streams/use-event-ids.js";
import { useSubscriptions } from "./streams/use-subscriptions.js";

export const GRAPHQL_PATH = "/graphql";

export type Yoga = YogaServerInstance<HttpContext, object>;

/** The GraphQL engine that HTTP and WebSocket share, so that both have the same limits and the same errors. */
export function createYogaServer(schema: GraphQLSchema, services: EntryPointServices, limiters: Limiters): Yoga {
  const { config, makeContext } = services;
  const { corsOrigins, limits } = config;
  return createYoga<HttpContext, object>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: (initial) => {
      const { viewer, record } = initial;
      if (!viewer) throw new UnauthenticatedError("A bearer token is required.", "missing");
      // the token was verified with the headers, and the body may have taken a minute more
      requireStillValid(viewer, services);
      return { ...makeContext(viewer, record.requestId), lastEventId: lastEventIdOf(initial) };
    },
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    cors: corsOrigins.length > 0 && ((request) => corsOptionsFor(request.headers.get("origin"), corsOrigins)),
    graphiql: false,
    landingPage: false,
    batching: false,
    extraParamNames: ["documentId"],
    multipart: false,
    maxRequestBodySize: false, // http-handler has checked it, by the limit of the configuration
    logging: false,
    maskedErrors: false, // useClientResults masks them; yoga's plugin would wrap each subscription in two iterators
    plugins: [
      useRequestRecord(),
      useAuthentication(services, limiters.rates),
      useOperationParams(config),
      useClientResults(services),
      useResponseHeaders(),
      useMediaTypes(services),
      useQueryString(),
      useRequestBody(limits.bodyBytes, limiters.rates),
      useSelectedOperation(),
      useDocumentLimits(limits),
      useSubscriptionSize(limits.subscriptionBytes, services),
      useCosts({ rates: limiters.rates, services, max: limits.documentComplexity }),
      usePreparedOperations(services),
      useSubscriptions(services, limiters),
      useEventIds(),
      useHeadFirst(),
      useAdmission(limiters.admission),
      useRequestTimeout(limits.requestTimeoutMs),
      usePreparedFailure(),
    ],
  });
}
