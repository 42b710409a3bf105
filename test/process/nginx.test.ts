import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { freePort } from "../support/process/free-port.js";
import { type Home, makeHome } from "../support/process/home.js";
import { killServerProcesses, type ServerProcess, startServerProcess } from "../support/process/server-process.js";

const NGINX = process.env.NGINX ?? "/usr/sbin/nginx";
/** The idle time after which Node.js closes a connection by default, which pooled connections of nginx outlive. */
const NODE_DEFAULT_MS = 5_000;
const PAIRS = 200;

let home: Home;
let server: ServerProcess;
let nginx: ChildProcess;
let url: string;
beforeAll(async () => {
  if (!existsSync(NGINX)) throw new Error(`There is no ${NGINX}: apt-get install nginx-light, or set NGINX.`);
  home = await makeHome("migrated");
  server = await startServerProcess(home.env);
  const port = await freePort();
  nginx = startNginx(port, new URL(server.url).host);
  url = `http://127.0.0.1:${port}/graphql`;
  await eventually(async () => expect(await post()).toBe(200));
});
afterAll(async () => {
  nginx?.kill("SIGTERM");
  await killServerProcesses();
  await home?.remove();
});

/** nginx in front of the server, with the pooled connections of its manual. */
function startNginx(port: number, upstream: string): ChildProcess {
  const folder = join(dirname(home.folder), "nginx");
  mkdirSync(folder);
  const own = (name: string) => `${name}_temp_path ${join(folder, name)};`;
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; pid ${join(folder, "pid")}; error_log stderr; worker_processes 1;
     ${process.getuid?.() === 0 ? "user root;" : ""}
     events { worker_connections 1024; }
     http {
       access_log off;
       ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(own).join(" ")}
       upstream shelfmark { server ${upstream}; keepalive 64; }
       server {
         listen 127.0.0.1:${port};
         location / {
           proxy_pass http://shelfmark;
           proxy_http_version 1.1;
           proxy_set_header connection "";
           proxy_set_header host ${upstream};
         }
       }
     }`,
  );
  return spawn(NGINX, ["-c", file, "-e", "stderr"], { stdio: ["ignore", "ignore", "inherit"] });
}

async function post(): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify({ query: "{ viewer { scopes } }" }),
  });
  await response.text();
  return response.status;
}

test("behind nginx with pooled connections, no POST after an idle time gets 502", async () => {
  const statuses = await Promise.all(
    Array.from({ length: PAIRS }, async (_, i) => {
      await sleep(10 * i);
      const first = await post();
      // around the moment at which the server would close the pooled connection
      await sleep(NODE_DEFAULT_MS - 300 + 4 * i);
      return [first, await post()];
    }),
  );
  expect(statuses.filter((pair) => pair.some((status) => status !== 200))).toEqual([]);
});
