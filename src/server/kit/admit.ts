import type { Viewer } from "../../domain/access/actor.js";
import type { RateLimits } from "../limits/rate-limits.js";
import { authenticate } from "./authenticate.js";
import type { EntryPointServices, HttpContext } from "./services.js";

/** Verifies the token of an HTTP request and counts the request for its viewer, once for each request. */
export function createAdmit({ verifier, tracker }: EntryPointServices, rates: RateLimits) {
  async function admit(authorization: string | null | undefined, context: HttpContext): Promise<Viewer> {
    const { record, arrival } = context;
    const onRefused = () => rates.countRefusedToken(record.address);
    const viewer = await authenticate(verifier, authorization, onRefused).catch((error: unknown) => {
      tracker.recordRefusedToken(error);
      throw error;
    });
    await rates.countOperation(viewer.actor, record.requestBytes);
    arrival.assignTo(viewer.actor, record.requestBytes);
    context.viewer = viewer;
    return viewer;
  }
  return (authorization: string | null | undefined, context: HttpContext): Promise<Viewer> => {
    context.admission ??= admit(authorization, context);
    return context.admission;
  };
}
