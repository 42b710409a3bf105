import type { Command } from "commander";
import { type ServerOptions, TOKEN_OPTION, URL_OPTION } from "../client/client-config.js";
import type { CommandContext } from "../io/command-io.js";
import type { ApplyOptions } from "./policy-apply.js";
import { policyDelete } from "./policy-delete.js";
import { policyList } from "./policy-list.js";
import { type PreviewOptions, policyPreview } from "./policy-preview.js";
import { policyShow } from "./policy-show.js";

const APPLY_HELP = `
The file has a list named policies. Each entry is what applyPolicy takes: name, mode, protected, selector, target, rules, protection.
A change of a protected policy waits for a second person: the request is printed, and approvePolicyChange applies it.
All policies are checked before the first is written. Policies that are not in the file are left alone.

Exit codes:
  0 applied, or nothing to change   1 a policy is refused   2 the file is not YAML, or has another form
`;

export function definePolicy(program: Command, { io, exitWith }: CommandContext): void {
  const policy = program.command("policy").description("look after policies, and ask them about a promotion");
  policy
    .command("apply")
    .description("create and change the policies of a file, and print what changes")
    .requiredOption("-f, --file <path>", "YAML or JSON file (- for standard input)")
    .option("--dry-run", "check and compare only; write nothing")
    .addHelpText("after", APPLY_HELP)
    .action(async (options: ApplyOptions) => {
      const { policyApply } = await import("./policy-apply.js");
      exitWith(await policyApply(options, io));
    });
  policy
    .command("list")
    .description("print a table of all policies")
    .action((options: ServerOptions) => policyList(options, io));
  policy
    .command("show")
    .description("print a policy, or all of them, as a file that apply takes")
    .argument("[name]", "name of the policy (default: all)")
    .action((name: string | undefined, options: ServerOptions) => policyShow(name, options, io));
  policy
    .command("delete")
    .description("delete a policy")
    .argument("<name>", "name of the policy")
    .action((name: string, options: ServerOptions) => policyDelete(name, options, io));
  policy
    .command("preview")
    .description("ask what policies say about a promotion; exit with 1 if it would be refused")
    .argument("<model>", "name of the model")
    .argument("<number>", "number of the version")
    .option("--stage <stage>", "the stage that it would be promoted to, such as PRODUCTION")
    .option("--alias <alias>", "or the alias")
    .option("--reason <text>", "the reason that the move would give")
    .option("--archive-existing", "ask for a move that archives the other versions in the stage")
    .option("--rollback", "ask for a rollback, which does not ask every rule")
    .action(async (model: string, number: string, options: PreviewOptions) =>
      exitWith(await policyPreview({ model, number }, options, io)),
    );
  for (const command of policy.commands) command.option(...URL_OPTION).option(...TOKEN_OPTION);
}
