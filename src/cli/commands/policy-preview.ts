import { STAGES, type Stage } from "../../domain/versions/stage.js";
import type { ServerOptions } from "../client/client-config.js";
import { PREVIEW_PROMOTION } from "../client/policy-documents.js";
import { connectToServer } from "../client/server-connection.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, misuse } from "../io/command-io.js";

export interface PreviewOptions extends ServerOptions {
  readonly stage?: string;
  readonly alias?: string;
  readonly reason?: string;
  readonly archiveExisting?: boolean;
  readonly rollback?: boolean;
}

interface Preview {
  readonly allowed: boolean;
  readonly canOverride: boolean;
  readonly obstacles: readonly string[];
  readonly policies: readonly { readonly name: string; readonly revision: number; readonly mode: string }[];
  readonly rules: readonly PreviewedRule[];
}

interface PreviewedRule {
  readonly policy: string;
  readonly status: "PASSED" | "FAILED" | "PENDING" | "EVALUATED";
  readonly requirement: string;
  readonly explanation: string;
  readonly satisfy: string | null;
  readonly evidence: readonly { readonly summary: string }[];
}

interface VersionName {
  readonly model: string;
  readonly number: string;
}

export async function policyPreview(version: VersionName, options: PreviewOptions, io: CommandIo): Promise<ExitCode> {
  const { stage, alias, reason, archiveExisting = false, rollback = false } = options;
  if ((stage === undefined) === (alias === undefined)) throw misuse("Give either --stage or --alias.");
  if (!/^[1-9]\d{0,8}$/.test(version.number)) throw misuse(`"${version.number}" is not the number of a version.`);
  const target = stage === undefined ? { alias } : { stage: parseStage(stage) };
  const server = await connectToServer(options, io);
  const { previewPromotion } = await server.request<{ previewPromotion: Preview | null }>(PREVIEW_PROMOTION, {
    version: { number: { model: version.model, number: Number(version.number) } },
    target,
    reason,
    archiveExisting,
    isRollback: rollback,
  });
  const name = `${version.model} version ${version.number}`;
  if (!previewPromotion) throw new CommandError(`There is no ${name}, or this token may not see it.`);
  const place = target.stage ?? `the alias ${alias}`;
  const move = rollback ? `be put back to ${place} by a rollback` : `be promoted to ${place}`;
  io.out(`${name} may ${previewPromotion.allowed ? "" : "not "}${move}.\n`);
  for (const line of describePreview(previewPromotion, place)) io.out(`${line}\n`);
  return previewPromotion.allowed ? EXIT.done : EXIT.failed;
}

function parseStage(text: string): Stage {
  const stage = STAGES.find((each) => each === text.toUpperCase());
  if (stage) return stage;
  throw misuse(`--stage is "${text}"; it must be one of ${STAGES.join(", ")}.`);
}

function describePreview(preview: Preview, place: string): string[] {
  const { obstacles, policies, rules, canOverride } = preview;
  const isRefusedByRules = rules.some(({ status }) => status === "FAILED" || status === "PENDING");
  return [
    ...obstacles.map((obstacle) => `  ${obstacle}`),
    ...(policies.length === 0 ? [`No policy guards ${place}.`] : []),
    ...policies.flatMap(({ name, revision, mode }) => [
      "",
      `${name}, revision ${revision}, ${mode}`,
      ...rules.filter(({ policy }) => policy === name).flatMap(describeRule),
    ]),
    ...(isRefusedByRules ? ["", describeOverride(canOverride)] : []),
  ];
}

function describeRule({ status, requirement, explanation, satisfy, evidence }: PreviewedRule): string[] {
  const seen = evidence.map(({ summary }) => summary).join("; ");
  const found = explanation === requirement ? seen : `${explanation}${seen && ` (${seen})`}`;
  return [
    `  ${status.padEnd(9)}  ${requirement}`,
    ...(found === "" ? [] : [`             found: ${found}`]),
    ...(satisfy === null ? [] : [`             to do: ${satisfy}`]),
  ];
}

function describeOverride(canOverride: boolean): string {
  return canOverride
    ? "A token with policies:override can move it nevertheless, with a reason."
    : "No override can go past all of these rules.";
}
