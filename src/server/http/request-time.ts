import type { Server } from "node:http";
import { isPacedByProgress } from "./paced-responses.js";

/**
 * Refuses a request that has not arrived whole this long after its head, as Node's own `requestTimeout` does, which knows no
 * exceptions: files are sent for as long as they keep coming.
 */
export function limitRequestTime(server: Server, bodyMs: number): void {
  server.on("request", (request, response) => {
    const timer = setTimeout(() => {
      if (request.complete || isPacedByProgress(response)) return;
      const error = Object.assign(new Error("The request did not arrive in time."), {
        code: "ERR_HTTP_REQUEST_TIMEOUT",
      });
      server.emit("clientError", error, request.socket);
    }, bodyMs).unref();
    const clear = () => clearTimeout(timer);
    request.once("end", clear);
    response.once("close", clear);
  });
}
