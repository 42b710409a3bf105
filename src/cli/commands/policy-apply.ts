import type { GraphQLErrorShape } from "../../client/errors.js";
import type { ServerOptions } from "../client/client-config.js";
import { type PolicyInputForm, readPolicies } from "../client/policies.js";
import { describeChanges, describeNew } from "../client/policy-changes.js";
import { APPLY_POLICY } from "../client/policy-documents.js";
import { type FilePolicy, type PolicyFile, readPolicyFile } from "../client/policy-file.js";
import { describeRefusal } from "../client/policy-refusal.js";
import { describeWaiting } from "../client/policy-text.js";
import { NO_TOKEN } from "../client/send-operation.js";
import { connectToServer, type ServerConnection } from "../client/server-connection.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, note } from "../io/command-io.js";

export interface ApplyOptions extends ServerOptions {
  readonly file: string;
  readonly dryRun?: boolean;
}

/** What `applyPolicy` answers. */
interface Applied {
  readonly changed: boolean;
  /** Whether the policy is protected, so that the change waits for a second person. */
  readonly needsApproval: boolean;
  readonly changeRequest: ChangeRequest | null;
  readonly revision: number;
  readonly definition: PolicyInputForm;
  readonly previousDefinition: PolicyInputForm | null;
}

interface ChangeRequest {
  readonly id: string;
}

interface Planned extends Applied {
  readonly policy: FilePolicy;
  readonly outcome: Outcome;
}

const OUTCOMES = ["created", "changed", "unchanged", "waiting"] as const;
type Outcome = (typeof OUTCOMES)[number];

const OTHERS_MAX = 5;

export async function policyApply(options: ApplyOptions, io: CommandIo): Promise<ExitCode> {
  const { dryRun = false } = options;
  const file = await readPolicyFile(options.file, io);
  const server = await connectToServer(options, io);
  const plans = await planAll(server, file);
  for (const plan of plans) {
    const isDue = !dryRun && (plan.changed || plan.needsApproval);
    const changeRequest = isDue ? await write(server, file, plan) : null;
    io.out(describePlan({ ...plan, changeRequest }, dryRun));
  }
  io.out(summarize(plans, dryRun));
  await noteOthers(server, file, io);
  return EXIT.done;
}

/** Lets the server check every policy before anything is written. Throws what it refuses, of all policies. */
async function planAll(server: ServerConnection, file: PolicyFile): Promise<Planned[]> {
  const plans: Planned[] = [];
  const refusals: string[] = [];
  for (const policy of file.policies) {
    const { applied, errors } = await send(server, { ...policy.input, dryRun: true });
    if (applied) plans.push({ ...applied, policy, outcome: outcomeOf(applied) });
    else refusals.push(...errors.map((error) => describeRefusal(file, policy, error)));
    if (errors.some(isAboutToken)) break;
  }
  if (refusals.length === 0) return plans;
  const hint = server.hasToken ? [] : [NO_TOKEN];
  throw new CommandError([...refusals, ...hint, "Nothing was written."].join("\n"));
}

/** Writes exactly what was checked and is printed: another change in between is a conflict. Returns the request if it waits. */
async function write(
  server: ServerConnection,
  file: PolicyFile,
  { policy, ...plan }: Planned,
): Promise<ChangeRequest | null> {
  const presentRevision = plan.needsApproval ? plan.revision : plan.revision - 1;
  const expectedRevision = plan.previousDefinition === null ? null : presentRevision;
  const { applied, errors } = await send(server, { ...policy.input, expectedRevision });
  if (errors.length === 0) return applied?.changeRequest ?? null;
  const refusals = errors.map((error) => describeRefusal(file, policy, error));
  throw new CommandError(
    [...refusals, "This policy and those after it in the file were not written. Apply the file again."].join("\n"),
  );
}

async function send(server: ServerConnection, input: object) {
  const { data, errors } = await server.execute<{ applyPolicy: Applied }>(APPLY_POLICY, { input });
  return { applied: data?.applyPolicy ?? null, errors: errors as readonly GraphQLErrorShape[] };
}

/** Every other policy would be refused for the same reason. */
function isAboutToken({ extensions }: GraphQLErrorShape): boolean {
  return extensions?.code === "UNAUTHENTICATED" || extensions?.code === "FORBIDDEN";
}

function outcomeOf({ changed, needsApproval, previousDefinition }: Applied): Outcome {
  if (needsApproval) return "waiting";
  if (previousDefinition === null) return "created";
  return changed ? "changed" : "unchanged";
}

function describePlan(plan: Planned, isDryRun: boolean): string {
  const { definition, previousDefinition } = plan;
  const lines = previousDefinition === null ? describeNew(definition) : describeChanges(previousDefinition, definition);
  return [`${definition.name}: ${describeOutcome(plan, isDryRun)}`, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

function describeOutcome({ outcome, revision, changeRequest }: Planned, isDryRun: boolean): string {
  if (outcome === "waiting") {
    return isDryRun
      ? `protected, the change would wait for a second person, revision ${revision}`
      : `protected, ${describeWaiting("the change", changeRequest)}, revision ${revision}`;
  }
  const verb = isDryRun && outcome !== "unchanged" ? `would be ${outcome}` : outcome;
  return outcome === "changed" ? `${verb}, revision ${revision - 1} → ${revision}` : `${verb}, revision ${revision}`;
}

function summarize(plans: readonly Planned[], isDryRun: boolean): string {
  const count = (name: Outcome) => plans.filter(({ outcome }) => outcome === name).length;
  const shown = OUTCOMES.filter((name) => name !== "waiting" || count(name) > 0);
  const counts = shown.map((name) => `${count(name)} ${name}`).join(", ");
  return isDryRun ? `Dry run: ${counts}. Nothing was written.\n` : `Policies: ${counts}.\n`;
}

/** Says which policies the file does not have. Whoever may not read policies learns nothing. */
async function noteOthers(server: ServerConnection, file: PolicyFile, io: CommandIo): Promise<void> {
  const named = new Set(file.policies.map(({ name }) => name));
  const all = await readPolicies(server).catch(() => []);
  const others = all.map(({ definition }) => definition.name).filter((name) => !named.has(name));
  if (others.length === 0) return;
  const more = others.length > OTHERS_MAX ? ` and ${others.length - OTHERS_MAX} more` : "";
  note(
    io,
    `Not in the file, and left alone: ${others.slice(0, OTHERS_MAX).join(", ")}${more}. To delete one: shelfmark policy delete NAME.`,
  );
}
