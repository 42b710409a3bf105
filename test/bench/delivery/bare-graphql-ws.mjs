// A peer of delivery: graphql-ws and graphql-js with nothing behind them, the least that this protocol costs.
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { none: Int }
  type Event { at: String modelName: String versionNumber: Int from: String to: String }
  type Message { cursor: String event: Event }
  type Subscription { stageChanged: Message }
`);
const waiting = new Set();
const CURSOR = "MDFhMjA4ZTAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwLjEyMzQuMDEyMzQ1Njc4OWFiY2RlZg";
const tell = (event) => ({ value: { stageChanged: { cursor: CURSOR, event } }, done: false });

schema.getSubscriptionType().getFields().stageChanged.subscribe = () => {
  const told = [tell(null)];
  let wake = null;
  const hear = (message) => {
    told.push(message);
    wake?.(told.shift());
    wake = null;
  };
  waiting.add(hear);
  return {
    next: () =>
      new Promise((resolve) => {
        if (told.length > 0) resolve(told.shift());
        else wake = resolve;
      }),
    async return() {
      waiting.delete(hear);
      return { done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

const server = createServer();
useServer({ schema }, new WebSocketServer({ server }));
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("message", (at) => {
  const event = { at, modelName: "bench-1700000000000", versionNumber: 1, from: "STAGING", to: "PRODUCTION" };
  for (const hear of waiting) hear(tell(event));
});
