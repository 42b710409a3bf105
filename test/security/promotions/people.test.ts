import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import type { As } from "../../support/server.js";
import { TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "../../support/token.js";
import { startServerOn } from "../../support/wiring.js";
import { register } from "../governance/gate.js";
import { sendTo } from "../leaks/marked-world.js";
import { approve, approver, askFor, guard, PIPELINE } from "./desk.js";

const OTHER_ISSUER = "https://other-issuer.test";
const folder = mkdtempSync(join(tmpdir(), "shelfmark-people-"));
let database: Database;
let app: App;

beforeAll(async () => {
  const issuer = (name: string) => ({ issuer: name, audience: TEST_AUDIENCE, publicKey: TEST_PUBLIC_KEY });
  const people = [
    [
      { issuer: TEST_ISSUER, subject: "rita" },
      { issuer: OTHER_ISSUER, subject: "r.m" },
    ],
    [
      { issuer: TEST_ISSUER, subject: "pipeline" },
      { issuer: OTHER_ISSUER, subject: "ada" },
    ],
  ];
  const file = join(folder, "issuers.json");
  writeFileSync(file, JSON.stringify({ issuers: [issuer(TEST_ISSUER), issuer(OTHER_ISSUER)], people }));
  database = await openTestDatabase();
  app = await startServerOn(database, {
    SHELFMARK_AUTH_FILE: file,
    SHELFMARK_JWT_PUBLIC_KEY: "",
    SHELFMARK_JWT_ISSUER: "",
    SHELFMARK_JWT_AUDIENCE: "",
  });
});
afterAll(async () => {
  await app.stop();
  await database.close();
  rmSync(folder, { recursive: true });
});

const RITA = approver("rita");
const RITA_TOO: As = { ...RITA, issuer: OTHER_ISSUER, subject: "r.m" };
const LEO: As = { ...RITA, issuer: OTHER_ISSUER, subject: "leo" };
/** Whoever runs the pipeline, at the other issuer. */
const ADA: As = { ...RITA, issuer: OTHER_ISSUER, subject: "ada" };

async function run(mutation: string, as: As = {}) {
  const { data, errors } = await sendTo(app.url, `mutation { ${mutation} }`, {}, as);
  return errors ? errors[0]?.extensions.code : data;
}

const open = (model: string, rule: string) =>
  run(`${register(model)} { __typename }`, PIPELINE).then(() => run(guard(model, rule)));

async function ask(model: string, as = PIPELINE): Promise<string> {
  return (await run(`${askFor(model)} { request { id } }`, as)).requestPromotion.request.id;
}

const approveAs = (id: string, as: As) => run(`${approve(id)} { request { status } }`, as);
const APPROVED = (status: string) => ({ approvePromotion: { request: { status } } });

async function inboxOf(as: As) {
  const { data } = await sendTo(app.url, "{ viewer { pendingApprovals { nodes { versionNumber } } } }", {}, as);
  return data.viewer.pendingApprovals.nodes.length;
}

test("two identities of one person approve once", async () => {
  await open("fraud", "{ approvals: { quorum: 2 } }");
  const id = await ask("fraud");
  expect(await inboxOf(RITA_TOO)).toBe(1);
  expect(await approveAs(id, RITA)).toEqual(APPROVED("OPEN"));
  expect(await approveAs(id, RITA_TOO)).toBe("CONFLICT");
  expect(await inboxOf(RITA_TOO)).toBe(0);
  expect(await approveAs(id, LEO)).toEqual(APPROVED("APPROVED"));
});

test("the other identity of the requester, or of the registrant, approves nothing", async () => {
  await open("spam", "{ approvals: { quorum: 1 } }");
  const own = await ask("spam");
  expect(await inboxOf(ADA)).toBe(0);
  expect(await approveAs(own, ADA)).toBe("FORBIDDEN");
  await run(`cancelPromotion(input: { request: "${own}" }) { __typename }`, PIPELINE);
  const others = await ask("spam", { ...PIPELINE, subject: "colleague" });
  expect(await approveAs(others, ADA)).toBe("FORBIDDEN");
  expect(await approveAs(others, LEO)).toEqual(APPROVED("APPROVED"));
});
