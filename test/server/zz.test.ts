import { test } from "vitest";
import { startTestServer } from "../support/server.js";
test("p", async () => {
  const s = await startTestServer();
  const a = `Bearer ${await s.token()}`;
  const show = async (init: any, q = "") => { const r = await fetch(s.url + q, init); console.log(r.status, JSON.stringify([...r.headers]), await r.text()); };
  for (const accept of ["application/json", "application/graphql-response+json", "*/*"]) {
    await show({ method: "POST", headers: { authorization: a, accept, "content-type": "application/json" }, body: '{ "not a JSON' });
  }
  await show({ method: "POST", headers: { authorization: a, accept: "application/graphql-response+json", "content-type": "application/json" } });
  await show({ method: "POST", headers: { authorization: a, "content-type": "application/json" }, body: "[{\"query\":\"{__typename}\"}]" });
  await show({ method: "GET", headers: { authorization: a } }, "?query=mutation%7B__typename%7D");
  await show({ method: "GET", headers: { authorization: a } });
  await show({ method: "PUT", headers: { authorization: a } });
  await show({ method: "DELETE", headers: { authorization: a } });
  await show({ method: "OPTIONS", headers: { authorization: a } });
  await show({ method: "GET", headers: { accept: "text/html" } });
  await show({ method: "POST", headers: { authorization: a, "content-type": "application/json" }, body: "null" });
  await show({ method: "POST", headers: { authorization: a, "content-type": "application/json" }, body: '{"query":"{ head { cursor } }","extra":1}' });
  await show({ method: "POST", headers: { authorization: a, "content-type": "application/json" }, body: '{"query":"{ heat { cursor } }"}' });
  await show({ method: "GET", headers: { authorization: a, accept: "text/plain" } }, "?query=%7B__typename%7D");
  await show({ method: "GET", headers: { authorization: a, accept: "text/event-stream" } }, "?query=%7B__typename%7D");
  await s.stop();
});
