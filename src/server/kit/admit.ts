import type { Viewer } from "../../domain/access/actor.js";
import type { RateLimits } from "../limits/rate-limits.js";
import { authenticate, recallViewer } from "./authenticate.js";
import type { EntryPointServices, HttpContext } from "./services.js";

/** Verifies the token of an HTTP request and counts the request for its viewer, once for each request. */
export function createAdmit({ verifier, tracker }: EntryPointServices, rates: RateLimits) {
  function count(viewer: Viewer, context: HttpContext): Viewer {
    const { record, arrival } = context;
    rates.countOperation(viewer.actor, record.requestBytes);
    arrival.assignTo(viewer.actor, record.requestBytes);
    context.viewer = viewer;
    return viewer;
  }
  async function verify(authorization: string | null | undefined, context: HttpContext): Promise<Viewer> {
    const { record } = context;
    const onRefused = () => rates.countRefusedToken(record.address);
    const viewer = await authenticate(verifier, authorization, onRefused).catch((error: unknown) => {
      tracker.recordRefusedToken(error);
      throw error;
    });
    return count(viewer, context);
  }
  async function refuse(error: unknown): Promise<never> {
    throw error;
  }
  function admit(authorization: string | null | undefined, context: HttpContext): Viewer | Promise<Viewer> {
    const known = recallViewer(verifier, authorization);
    if (!known) return verify(authorization, context);
    try {
      return count(known, context);
    } catch (error) {
      // kept, so that it is counted once
      return refuse(error);
    }
  }
  return (authorization: string | null | undefined, context: HttpContext): Viewer | Promise<Viewer> => {
    context.admission ??= admit(authorization, context);
    return context.admission;
  };
}
