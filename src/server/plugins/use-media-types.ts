import { GraphQLError } from "graphql";
import type { Plugin, YogaInitialContext } from "graphql-yoga";
import { InvalidDocumentError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import { acceptedOf, MEDIA_TYPES, STREAM } from "../kit/media-types.js";
import type { HttpContext } from "../kit/services.js";

/**
 * Chooses the media type of the response (RFC 9110 §12.5.1) before anything is executed. Yoga chooses it at the end: it
 * would refuse a mutation after its commit, and keep a subscription open that no client reads.
 */
export function useMediaTypes(services: ErrorServices): Plugin<object, HttpContext> {
  return {
    onRequest({ request, fetchAPI, endResponse, serverContext }) {
      const { viewer, record } = serverContext;
      // without a viewer, it was refused already or is a preflight
      if (!viewer) return;
      const accepted = acceptedOf(request.headers.get("accept"));
      // yoga compares both headers letter by letter, ignores weights, and has media types of its own
      request.headers.set("accept", accepted.join(","));
      if (request.method === "POST") request.headers.set("content-type", "application/json");
      if (accepted.length > 0) return;
      const error = new InvalidDocumentError(notAccepted(`A response is ${MEDIA_TYPES.join(", ")}`));
      const refusal = toClientError(error, record.requestId, services);
      serverContext.codes = [String(refusal.extensions.code)];
      endResponse(fetchAPI.Response.json({ errors: [refusal] }, { status: 406 }));
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      // an operation of a socket has no request
      const { request } = args.contextValue as Partial<YogaInitialContext>;
      if (!request || request.headers.get("accept")?.includes(STREAM)) return;
      const { message, extensions } = new InvalidDocumentError(
        notAccepted(`The response to a subscription is ${STREAM}`),
      );
      const http = { status: 406, spec: false };
      setResultAndStopExecution({ errors: [new GraphQLError(message, { extensions: { ...extensions, http } })] });
    },
  };
}

function notAccepted(what: string): string {
  return `${what}, which the Accept header of the request does not allow.`;
}
