// Another process that opens subscriptions, a socket for each, and holds them: `process.send(count)` opens so many more,
// 0 closes all. Answers with the number that is open.
import { WebSocket } from "ws";

const [url, token] = process.argv.slice(2);
const BATCH = 50;
const SUBSCRIBE = {
  type: "subscribe",
  id: "1",
  payload: { query: "subscription { stageChanged { cursor event { at modelName versionNumber from to } } }" },
};
const sockets = [];

function open() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
    const say = (message) => socket.send(JSON.stringify(message));
    socket.on("error", reject);
    socket.on("open", () => say({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    socket.on("message", (data) => {
      const { type } = JSON.parse(String(data));
      if (type === "connection_ack") say(SUBSCRIBE);
      if (type === "next") resolve(socket);
    });
  });
}

function close(socket) {
  return new Promise((resolve) => {
    socket.on("close", resolve);
    socket.close();
  });
}

process.on("message", async (count) => {
  if (count === 0) await Promise.all(sockets.splice(0).map(close));
  for (let left = count; left > 0; left -= BATCH)
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(BATCH, left) }, open))));
  process.send(sockets.length);
});
