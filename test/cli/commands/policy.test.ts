import { expect, test } from "vitest";
import { usePolicyCommands } from "./policy-fixture.js";

const commands = usePolicyCommands();

const GATE = `policies:
  - name: gate
    selector: { models: ["fraud"] }
    target: { stages: [PRODUCTION], aliases: [canary] }
    rules:
      - metric: { key: auc, comparator: GTE, value: 0.9 }
      - check: { name: bias-scan }
      - reason: { minimumLength: 10 }
      - singleHolder: true
  - name: later
    mode: EVALUATE
    target: { stages: [PRODUCTION] }
    rules:
      - present: { field: DIGEST }
      - tag: { key: approved, values: ["yes", "1.0", "2026-12-20"] }
      - freeze: { from: 2020-12-20T00:00:00Z, to: 2021-01-04T00:00:00Z }
`;

const seed = async () => {
  await commands.server.data(`mutation {
    createRun(input: { experiment: { name: "fraud" }, createExperiment: true, runId: "r1" }) { run { id } }
    logBatch(input: { run: "r1", metrics: [{ key: "auc", value: 0.85 }] }) { run { id } }
    createModelVersion(input: { model: { name: "fraud" }, createModel: true, source: "s3://m/1", run: "r1" }) { modelVersion { id } }
    reportCheck(input: { version: { number: { model: "fraud", number: 1 } }, name: "bias-scan", status: PENDING }) { check { id } }
  }`);
};

test("shows a policy as a file that apply takes back unchanged", async () => {
  await commands.apply(GATE);
  const { out } = await commands.run({}, "show", "later");
  expect(out).toMatchInlineSnapshot(`
    "policies:
      # revision 1, applied by "tester" on <time>
      - name: later
        mode: EVALUATE
        selector:
          models:
            - "*"
        target:
          stages:
            - PRODUCTION
        rules:
          - present:
              field: DIGEST
              onRollback: ASK
          - tag:
              "on": VERSION
              key: approved
              values:
                - "yes"
                - "1.0"
                - "2026-12-20"
              onRollback: ASK
          - freeze:
              from: "2020-12-20T00:00:00.000Z"
              to: "2021-01-04T00:00:00.000Z"
              onRollback: ASK
    "
  `);
  const all = await commands.run({}, "show");
  expect((await commands.apply(all.out)).out).toMatchInlineSnapshot(`
    "gate: unchanged, revision 1
    later: unchanged, revision 1
    Policies: 0 created, 0 changed, 2 unchanged.
    "
  `);
  expect(await commands.run({}, "show", "none")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: There is no policy "none", or this token may not see it.
    ",
      "out": "",
    }
  `);
});

test("previews a promotion with every rule, and says by its exit code whether it would go through", async () => {
  await seed();
  expect(await commands.run({}, "preview", "fraud", "1", "--stage", "PRODUCTION")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "",
      "out": "fraud version 1 may not be promoted to PRODUCTION.

    gate, revision 1, ENFORCE
      FAILED     The metric "auc" is at least 0.9.
                 found: The metric "auc" is not at least 0.9. (auc = 0.85 at step 0)
                 to do: Log a value of "auc" that is at least 0.9 to the version's run, or register a version that has one.
      PENDING    The check "bias-scan" passed.
                 found: The check "bias-scan" is not over yet. (check bias-scan: PENDING)
                 to do: Wait until the check "bias-scan" passed.
      FAILED     The move has a reason of at least 10 characters.
                 found: The move has no reason.
                 to do: Give a reason of at least 10 characters.
      PASSED     No other version of the model is in the stage.
                 found: No other version is in PRODUCTION.

    later, revision 1, EVALUATE
      EVALUATED  The version has a digest.
                 found: The version does not have a digest.
                 to do: Register a version that has one: it cannot be set later.
      EVALUATED  The version has the tag "approved", with the value "yes" or "1.0" or "2026-12-20".
                 found: The version does not have the tag "approved".
                 to do: Set the tag "approved" on the version, with the value "yes" or "1.0" or "2026-12-20".
      PASSED     No move from 2020-12-20T00:00:00.000Z on and before 2021-01-04T00:00:00.000Z.
                 found: Moves are not frozen now. (at <time>)

    A token with policies:override can move it nevertheless, with a reason.
    ",
    }
  `);
  await commands.server.data(`mutation {
    logBatch(input: { run: "r1", metrics: [{ key: "auc", value: 0.95, step: 1 }] }) { run { id } }
    reportCheck(input: { version: { number: { model: "fraud", number: 1 } }, name: "bias-scan", status: PASSED }) { check { id } }
  }`);
  const { code, out } = await commands.run(
    {},
    ...["preview", "fraud", "1", "--alias", "canary", "--reason", "Better on the holdout"],
  );
  expect(`${code} ${out}`).toMatchInlineSnapshot(`
    "0 fraud version 1 may be promoted to the alias canary.

    gate, revision 1, ENFORCE
      PASSED     The metric "auc" is at least 0.9.
                 found: auc = 0.95 at step 1
      PASSED     The check "bias-scan" passed.
                 found: check bias-scan: PASSED
      PASSED     The move has a reason of at least 10 characters.
                 found: The move has a reason. (Better on the holdout)
      PASSED     No other version of the model is in the stage.
                 found: An alias has one holder always.
    "
  `);
  expect(await commands.run({}, "preview", "fraud", "1", "--alias", "other")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "fraud version 1 may be promoted to the alias other.
    No policy guards the alias other.
    ",
    }
  `);
});

test("a preview says what else is in the way, and what it does not know", async () => {
  const reader = { scopes: ["models:read" as const] };
  const obstacles = await commands.run(reader, "preview", "fraud", "1", "--stage", "staging");
  expect(obstacles).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "",
      "out": "fraud version 1 may not be promoted to STAGING.
      The move requires the scope stages:staging, which this token does not have.
      The move requires the scope models:write, which this token does not have.
    No policy guards STAGING.
    ",
    }
  `);
  expect(await commands.run({}, "preview", "fraud", "9", "--stage", "PRODUCTION")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: There is no fraud version 9, or this token may not see it.
    ",
      "out": "",
    }
  `);
  expect(await commands.run({}, "preview", "fraud", "x", "--stage", "PRODUCTION")).toMatchInlineSnapshot(`
    {
      "code": 2,
      "err": "shelfmark: "x" is not the number of a version.
    ",
      "out": "",
    }
  `);
  expect(await commands.run({}, "preview", "fraud", "1")).toMatchInlineSnapshot(`
    {
      "code": 2,
      "err": "shelfmark: Give either --stage or --alias.
    ",
      "out": "",
    }
  `);
  expect(await commands.run({}, "preview", "fraud", "1", "--stage", "PROD")).toMatchInlineSnapshot(`
    {
      "code": 2,
      "err": "shelfmark: --stage is "PROD"; it must be one of NONE, STAGING, PRODUCTION, ARCHIVED.
    ",
      "out": "",
    }
  `);
});

test("deletes a policy", async () => {
  expect(await commands.run({}, "delete", "later")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "later: deleted
    ",
    }
  `);
  expect(await commands.run({}, "delete", "later")).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: NOT_FOUND deletePolicy: The policy "later" was not found.
    ",
      "out": "",
    }
  `);
});

test("a protected policy waits for a second person, and says so with the request", async () => {
  const guarded = (length: number) => `policies:
  - name: guarded
    protected: true
    target: { stages: [STAGING] }
    rules:
      - reason: { minimumLength: ${length} }
`;
  expect((await commands.apply(guarded(5))).out).toContain("+ protected: true");
  expect((await commands.apply(guarded(1), "--dry-run")).out).toMatchInlineSnapshot(`
    "guarded: protected, the change would wait for a second person, revision 1
      ~ rules[0].reason.minimumLength: 5 → 1
    Dry run: 0 created, 0 changed, 0 unchanged, 1 waiting. Nothing was written.
    "
  `);
  const applied = await commands.apply(guarded(1));
  const { policy } = await commands.server.data(
    `{ policy(name: "guarded") { revision openChangeRequest { id requestedBy { subject } } } }`,
  );
  expect(policy).toMatchObject({ revision: 1, openChangeRequest: { requestedBy: { subject: "tester" } } });
  const hide = (text: string) =>
    text.replaceAll(policy.openChangeRequest.id, "<request>").replace(/until \S+:/, "until <time>:");
  expect({ ...applied, out: hide(applied.out) }).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "shelfmark: Not in the file, and left alone: gate. To delete one: shelfmark policy delete NAME.
    ",
      "out": "guarded: protected, the change waits for a second person, request <request>, revision 1
      ~ rules[0].reason.minimumLength: 5 → 1
    Policies: 0 created, 0 changed, 0 unchanged, 1 waiting.
    ",
    }
  `);
  const shown = await commands.run({}, "show", "guarded");
  expect(hide(shown.out)).toMatchInlineSnapshot(`
    "policies:
      # revision 1, applied by "tester" on <time>
      # a change, proposed by "tester", waits for a second person until <time>: request <request>
      - name: guarded
        mode: ENFORCE
        protected: true
        selector:
          models:
            - "*"
        target:
          stages:
            - STAGING
        rules:
          - reason:
              minimumLength: 5
              onRollback: ASK
    "
  `);
  expect((await commands.apply(shown.out)).out).toContain("guarded: unchanged");
  expect((await commands.apply(guarded(1))).out, "the same again").toBe(applied.out);
  const other = await commands.run({}, "delete", "guarded");
  expect(other.code).toBe(1);
  expect(other.err).toContain("waits for a second person");
  await commands.server.data(
    `mutation ($id: ID!) { rejectPolicyChange(input: { request: $id }) { request { id } } }`,
    { id: policy.openChangeRequest.id },
    { subject: "second" },
  );
  const deletion = await commands.run({}, "delete", "guarded");
  expect({ ...deletion, out: deletion.out.replace(/request \S+/, "request <request>") }).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "guarded: the deletion waits for a second person, request <request>
    ",
    }
  `);
});
