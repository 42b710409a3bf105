import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Closes with a connection the answers that wait on it for their turn (pipelined requests, RFC 9112 §9.3.2). Node closes
 * the one whose turn it is alone: of the others everything that ends with them would be kept for good. Returns what tells
 * whether an answer over a connection has begun.
 */
export function trackPipelinedResponses(server: Server): (socket: Socket) => boolean {
  const responsesOf = new WeakMap<Socket, Set<ServerResponse>>();

  function follow(socket: Socket): Set<ServerResponse> {
    const responses = new Set<ServerResponse>();
    responsesOf.set(socket, responses);
    socket.on("close", () => {
      for (const response of responses) if (isQueued(response)) response.destroy().emit("close");
    });
    return responses;
  }

  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = responsesOf.get(socket) ?? follow(socket);
    responses.add(response);
    response.once("close", () => responses.delete(response));
  });
  return (socket) => [...(responsesOf.get(socket) ?? [])].some(({ headersSent }) => headersSent);
}

function isQueued({ socket, writableFinished }: ServerResponse): boolean {
  return socket === null && !writableFinished;
}
