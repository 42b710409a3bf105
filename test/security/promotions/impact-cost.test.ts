import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";

const commands = useCommandServer();
const AUDITOR = { subject: "auditor", scopes: ["audit:read", "models:read"] } as const;

test.each(["counts { blocked }", "promotions(verdict: BLOCKED, first: 1) { totalCount nodes { revision } }"])(
  "what replays all promotions cannot be asked for many times in one document: %s",
  async (field) => {
    const names = Array.from({ length: 55 }, (_, i) => `i${i}: policyImpact(days: 365, policy: $p) { ...F }`);
    const document = `query ($p: PolicyDraftInput!) { ${names.join(" ")} } fragment F on PolicyImpact { ${field} }`;
    const p = { target: { aliases: ["*"] }, rules: [{ reason: { minimumLength: 1 } }] };
    const { errors } = await commands.request(document, { p }, AUDITOR);
    expect(errors?.[0]?.extensions.code).toBe("TOO_COMPLEX");
  },
);
