import type { RuleResult } from "../governance/decision.js";
import type { ReportedPromotion } from "./reported-promotion.js";

/** What decides which notes a line has. */
export interface Gaps {
  readonly line: Pick<ReportedPromotion, "revision" | "isModelDeleted" | "isVersionDeleted" | "proof">;
  /** The rules as they are recorded, and as the reader sees them; null if no policy guarded the target. */
  readonly rules: { readonly recorded: readonly RuleResult[]; readonly shown: readonly RuleResult[] } | null;
  readonly name: "SHOWN" | "HIDDEN" | "UNKNOWN";
  readonly run: "SHOWN" | "HIDDEN" | "NONE";
  readonly isPreviousRunHidden: boolean;
  /** How many metrics the run has, and how many the line shows; the same of datasets. */
  readonly metrics: Count;
  readonly datasets: Count;
}

interface Count {
  readonly all: number;
  readonly shown: number;
}

/** Sentences that say what a line does not show, and why: nothing is left out without a word. */
export function notesOf({ line, rules, name, run, isPreviousRunHidden, metrics, datasets }: Gaps): string[] {
  const notes = [
    rules === null && "No policy guarded the target, so no rules were asked.",
    name === "HIDDEN" && "The model had another name then, which the reader may not see.",
    name === "UNKNOWN" && "The model's name at the time is not known: the event was compacted before names were kept.",
    line.isModelDeleted && "The model is deleted.",
    line.isVersionDeleted && "The version is deleted.",
    rules !== null && hasHidden(rules) && "Evidence about runs is hidden: the reader may not read the runs.",
    run === "HIDDEN" &&
      "The run is deleted, or the reader may not read it: its datasets and its present metrics are hidden.",
    run === "NONE" && "The version has no run in this registry, so it has neither metrics nor datasets.",
    isPreviousRunHidden &&
      "The run of the version before is deleted, or the reader may not read it: its present metrics are hidden.",
    metrics.all > metrics.shown && `The run has ${metrics.all} metrics; the first ${metrics.shown} by name are listed.`,
    datasets.all > datasets.shown &&
      `The run read ${datasets.all} datasets; ${datasets.shown} are listed. The others are deleted, or too many.`,
    proofNote(line),
  ];
  return notes.filter((note) => note !== false);
}

function hasHidden({ recorded, shown }: NonNullable<Gaps["rules"]>): boolean {
  return recorded.some(({ evidence }, index) => evidence.length !== shown[index]?.evidence.length);
}

function proofNote({ revision, proof }: Gaps["line"]): string | false {
  if (proof.state === "COMPACTED") {
    return `Compacted: the proof is the archived segment that holds revision ${revision}.${proof.hash === null ? " The registry no longer has the hash." : ""}`;
  }
  if (proof.state === "DIFFERS") {
    return `This line differs from event ${revision} of the log, or the event is gone. Run: shelfmark audit verify`;
  }
  return false;
}
