import { WebSocket } from "ws";

const SUBSCRIBE = {
  type: "subscribe",
  id: "1",
  payload: { query: "subscription { stageChanged { cursor event { at modelName versionNumber from to } } }" },
};
/** Below the limit of connections from one address. */
const SOCKETS_OF_ADDRESS = 4_000;

/** Called for each event with the time at which it happened. */
export type OnEvent = (at: number) => void;

/** An address of this machine: with thousands of sockets, clients are several. */
const addressOf = (number: number) => `127.0.0.${1 + Math.floor(number / SOCKETS_OF_ADDRESS)}`;

/** A subscription over graphql-ws, once its first message has come, which has no event. */
export function openSubscription(url: string, token: string, number: number, onEvent: OnEvent): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const options = { localAddress: addressOf(number) };
    const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws", options);
    socket.on("error", reject);
    socket.on("close", (code, reason) => reject(new Error(`A subscriber was disconnected: ${code} ${reason}`)));
    socket.on("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })),
    );
    socket.on("message", (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === "connection_ack") socket.send(JSON.stringify(SUBSCRIBE));
      if (type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (type === "error") reject(new Error(JSON.stringify(payload)));
      if (type !== "next") return;
      const { event } = payload.data.stageChanged;
      if (event === null) resolve(socket);
      else onEvent(Date.parse(event.at));
    });
  });
}

/** A socket that gets the same bytes and parses them, without a protocol. */
export function openPlain(port: number, number: number, onEvent: OnEvent): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { localAddress: addressOf(number) });
    socket.on("error", reject);
    socket.on("open", () => resolve(socket));
    socket.on("message", (data) => onEvent(Date.parse(JSON.parse(String(data)).payload.data.stageChanged.event.at)));
  });
}
