import type { ServerOptions } from "../client/client-config.js";
import { readPolicies } from "../client/policies.js";
import { describeSelector, describeTargets } from "../client/policy-text.js";
import { connectToServer } from "../client/server-connection.js";
import { type CommandIo, note } from "../io/command-io.js";
import { formatTable } from "../io/table.js";

const HEADINGS = ["NAME", "REVISION", "MODE", "MODELS", "TARGET", "RULES"];

export async function policyList(options: ServerOptions, io: CommandIo): Promise<void> {
  const policies = await readPolicies(await connectToServer(options, io));
  const rows = policies.map(({ revision, definition }) => [
    definition.name,
    String(revision),
    definition.mode,
    describeSelector(definition),
    describeTargets(definition),
    String(definition.rules.length),
  ]);
  if (rows.length > 0) io.out(formatTable([HEADINGS, ...rows]));
  else note(io, "There are no policies. A token with a models claim sees none.");
}
