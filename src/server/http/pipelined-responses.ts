import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Closes all responses of a connection that closes. Of pipelined requests (RFC 9112 §9.3.2) Node closes only the response
 * that it is writing: what the others release when they close would stay in memory for good. Returns a function that checks
 * whether a response on a connection has begun.
 */
export function trackPipelinedResponses(server: Server): (socket: Socket) => boolean {
  const responsesOf = new WeakMap<Socket, Set<ServerResponse>>();

  function track(socket: Socket): Set<ServerResponse> {
    const responses = new Set<ServerResponse>();
    responsesOf.set(socket, responses);
    socket.on("close", () => {
      for (const response of responses) if (isQueued(response)) response.destroy().emit("close");
    });
    return responses;
  }

  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = responsesOf.get(socket) ?? track(socket);
    responses.add(response);
    response.once("close", () => responses.delete(response));
  });
  return (socket) => [...(responsesOf.get(socket) ?? [])].some(({ headersSent }) => headersSent);
}

function isQueued({ socket, writableFinished }: ServerResponse): boolean {
  return socket === null && !writableFinished;
}
