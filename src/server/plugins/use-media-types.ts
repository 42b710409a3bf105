import { type ExecutionArgs, GraphQLError } from "graphql";
import type { Plugin, YogaInitialContext } from "graphql-yoga";
import Negotiator from "negotiator";
import { InvalidDocumentError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { EntryPointContext } from "../kit/services.js";

type Noted = Partial<EntryPointContext> & { codes?: readonly string[] };

const STREAM = "text/event-stream";
/** What answers are written as, the best first; those of subscriptions as a stream only. */
const ANSWERS = ["application/json", "application/graphql-response+json", STREAM];
const CHARSET = "; charset=utf-8";

/**
 * Settles how a request's answer is written (RFC 9110 §12.5.1) before anything is executed. Yoga looks for it when all is
 * done: a mutation would be refused after it was made, and a subscription kept open that nobody reads.
 */
export function useMediaTypes(services: ErrorServices): Plugin<object, Noted> {
  return {
    onRequest({ request, fetchAPI, endResponse, serverContext }) {
      const noted = serverContext as Noted;
      if (!noted.viewer || !noted.record) return; // a page, or refused already
      const accepted = acceptedOf(request.headers.get("accept"));
      // yoga compares both to the letter, knows no weights, and has forms of its own
      request.headers.set("accept", accepted.join(","));
      if (request.method === "POST") request.headers.set("content-type", "application/json");
      if (accepted.length > 0) return;
      const sentence = notTaken(`Answers are written as ${ANSWERS.join(", ")}`);
      const refusal = toClientError(new InvalidDocumentError(sentence), noted.record.requestId, services);
      noted.codes = [String(refusal.extensions.code)];
      endResponse(fetchAPI.Response.json({ errors: [refusal] }, { status: 406 }));
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { request } = (args as ExecutionArgs).contextValue as Partial<YogaInitialContext>;
      if (!request || request.headers.get("accept")?.includes(STREAM)) return;
      const { message, extensions } = new InvalidDocumentError(notTaken(`A subscription is answered as ${STREAM}`));
      const http = { status: 406, spec: false };
      setResultAndStopExecution({ errors: [new GraphQLError(message, { extensions: { ...extensions, http } })] });
    },
  };
}

/** Those of our forms that an `Accept` header takes, the one it likes best first. */
function acceptedOf(accept: string | null): string[] {
  const negotiator = new Negotiator({ headers: { accept: accept || "*/*" } });
  return negotiator.mediaTypes(ANSWERS.map((type) => type + CHARSET));
}

function notTaken(what: string): string {
  return `${what}, which the request's Accept header does not take.`;
}
