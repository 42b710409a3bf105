// The limit of delivery: sends the bytes of a message to everybody, and does nothing else.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("listening", () => process.send(server.address().port));
process.on("message", (at) => {
  const cursor = "MDFhMjA4ZTAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwLjEyMzQuMDEyMzQ1Njc4OWFiY2RlZg";
  const event = { at, modelName: "bench-1700000000000", versionNumber: 1, from: "STAGING", to: "PRODUCTION" };
  const message = JSON.stringify({ id: "1", type: "next", payload: { data: { stageChanged: { cursor, event } } } });
  for (const client of server.clients) client.send(message);
});
