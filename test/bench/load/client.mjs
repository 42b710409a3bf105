// Sends requests from a process of its own, and compares each answer with what it must be.
import { Agent, request } from "node:http";
import { isDeepStrictEqual } from "node:util";

const jobs = new Map();

process.on("message", async ({ id, name, job, ms }) => {
  try {
    if (job) {
      prepare(name, job);
      process.send({ id });
    } else process.send({ id, result: await run(jobs.get(name), ms) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});
process.on("disconnect", () => process.exit(0));

function prepare(name, { url, token, connections, requests, pattern, serial }) {
  const { hostname, port, pathname: path } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  jobs.set(name, {
    options: { agent, hostname, port, path, method: "POST", headers },
    requests: requests.map(({ answer, ...sent }) => ({
      ...sent,
      answer: answer === undefined ? null : Buffer.from(answer),
    })),
    pattern: pattern === undefined ? null : new RegExp(`^${pattern}$`),
    connections,
    serial,
    next: 0,
  });
}

/** As many requests as there are connections are under way until the time is over. Then waits for the last answers. */
async function run(job, ms) {
  const times = [];
  const start = performance.now();
  const work = async () => {
    while (performance.now() - start < ms) {
      const turn = job.next++;
      const { body, answer, ...target } = job.requests[turn % job.requests.length];
      const text = job.serial ? body.replaceAll("@N@", String(turn + 1)) : body;
      const sent = performance.now();
      const received = await send({ ...job.options, ...target }, text);
      times.push(performance.now() - sent);
      check(job, received, answer);
    }
  };
  await Promise.all(Array.from({ length: job.connections }, work));
  return { ms: performance.now() - start, times };
}

function send(options, body) {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, "content-length": Buffer.byteLength(body) };
    const sent = request({ ...options, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks) }));
    });
    sent.on("error", reject).end(body);
  });
}

function check({ pattern }, { status, text }, answer) {
  if (status !== 200) throw new Error(`A request was refused with ${status}: ${text}`);
  if (pattern ? pattern.test(text) : answer.equals(text)) return;
  if (answer && isDeepStrictEqual(JSON.parse(text), JSON.parse(answer))) return;
  throw new Error(
    `A wrong answer: ${String(text).slice(0, 500)}\nexpected: ${String(pattern ?? answer).slice(0, 500)}`,
  );
}
