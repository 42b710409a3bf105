import type { Plugin } from "graphql-yoga";
import type { ErrorCode } from "../../domain/errors.js";
import { toClientError } from "../../graphql/kit/client-errors.js";
import { createAdmit } from "../kit/admit.js";
import { refusalHeaders, statusOf } from "../kit/http-status.js";
import type { EntryPointServices, HttpContext } from "../kit/services.js";
import type { RateLimits } from "../limits/rate-limits.js";

/** Verifies the token of an HTTP request and counts the request for its viewer, before the body is read. */
export function useAuthentication(services: EntryPointServices, rates: RateLimits): Plugin<object, HttpContext> {
  const admit = createAdmit(services, rates);
  return {
    async onRequest({ request, fetchAPI, endResponse, serverContext }) {
      if (request.method === "OPTIONS") return;
      try {
        await admit(request.headers.get("authorization"), serverContext);
      } catch (error) {
        const refusal = toClientError(error, serverContext.record.requestId, services);
        const code = refusal.extensions.code as ErrorCode;
        const headers = refusalHeaders(code, refusal.extensions);
        serverContext.codes = [code];
        endResponse(fetchAPI.Response.json({ errors: [refusal] }, { status: statusOf(code), headers }));
      }
    },
  };
}
