import { describe, expect, test } from "vitest";
import { raw } from "../support/transports.js";
import { useConsole } from "./console-browser.js";

const web = useConsole();
const get = (path: string, headers: Record<string, string> = {}) => raw(web.url, { method: "GET", path, headers });
const HTML = { accept: "text/html,*/*;q=0.8" };

describe("the page", () => {
  test.each(["/", "/models/x/versions/1", "/approvals?x=y", "/index.html"])(
    "is at %s, and is kept by no cache",
    async (path) => {
      const { status, headers, body } = await get(path, HTML);
      expect(status).toBe(200);
      expect(headers["cache-control"]).toBe("no-store");
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
      expect(body).toContain(`nonce="${nonce}"`);
      expect(body).not.toContain("NONCE_OF_THIS_ANSWER");
      const again = await get(path, HTML);
      expect(again.headers["content-security-policy"]).not.toBe(policy);
    },
  );

  test("is for browsers: other clients get a line of JSON", async () => {
    const answer = await get("/", { accept: "application/json" });
    expect([answer.status, JSON.parse(answer.body).errors[0].extensions.code]).toEqual([404, "NOT_FOUND"]);
    expect((await raw(web.url, { path: "/", headers: HTML, body: "x" })).status).toBe(404);
  });

  test("stands in the way of nothing else", async () => {
    expect((await get("/healthz", HTML)).body).toBe('{"status":"ok"}');
    expect((await get("/mlflow/api/2.0/mlflow/registered-models/search", HTML)).status).toBe(401);
    expect((await get("/graphql", HTML)).headers.location).toBe("/graphiql");
    expect((await get("/graphiql", HTML)).body).toMatch(/graphiql/i);
  });
});

describe("its files", () => {
  const files = async () =>
    [...(await get("/", HTML)).body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file ?? "");

  test("are compressed, and kept for good", async () => {
    expect((await files()).length).toBeGreaterThan(1);
    for (const file of await files()) {
      const plain = await get(file);
      expect(plain.status).toBe(200);
      expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(plain.headers["x-content-type-options"]).toBe("nosniff");
      for (const coding of ["br", "gzip"]) {
        const { headers } = await get(file, { "accept-encoding": coding });
        expect([headers["content-encoding"], headers.vary]).toEqual([
          coding,
          expect.stringMatching(/accept-encoding/i),
        ]);
      }
      expect(plain.headers["content-encoding"]).toBeUndefined();
    }
  });

  test("of the first load have at most 300 kB", async () => {
    const sizes = await Promise.all(
      (await files()).map(async (file) =>
        Number((await get(file, { "accept-encoding": "gzip" })).headers["content-length"]),
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(300_000);
  });

  test.each([
    "/assets/none.js",
    "/assets/../package.json",
    "/assets/..%2f..%2fpackage.json",
    "/.vite/manifest.json",
    "/main.tsx",
  ])("do not include %s", async (path) => {
    expect((await get(path)).status).toBe(404);
    expect((await get(path, HTML)).body).not.toContain("dependencies");
  });
});
