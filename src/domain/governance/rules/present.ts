import type { Evidence } from "../evidence.js";
import type { Facts } from "../facts.js";
import type { PresentField, RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";

interface FieldRow {
  /** As in `The version has …`. */
  readonly name: string;
  readonly satisfy: string;
  isPresent(facts: Facts): boolean;
  evidence(facts: Facts): Evidence[];
}

/** What is set once only, when a version is registered. */
const REGISTER = "Register a version that has one: it cannot be set later.";

const FIELDS: { readonly [F in PresentField]: FieldRow } = {
  DIGEST: {
    name: "a digest",
    satisfy: REGISTER,
    isPresent: ({ version }) => version.digest !== null,
    evidence: ({ version }) =>
      version.digest === null
        ? []
        : [{ kind: "FIELD", summary: `digest ${version.digest}`, key: "digest", value: version.digest }],
  },
  SIGNATURE: {
    name: "a signature",
    satisfy: REGISTER,
    isPresent: ({ version }) => version.hasSignature,
    evidence: () => [{ kind: "FIELD", summary: "a signature", key: "signature" }],
  },
  DESCRIPTION: {
    name: "a description",
    satisfy: "Describe the version.",
    isPresent: ({ version }) => version.hasDescription,
    evidence: ({ version: { descriptionHash } }) => [
      {
        kind: "FIELD",
        summary: "a description",
        key: "description",
        ...(descriptionHash === null ? {} : { value: descriptionHash }),
      },
    ],
  },
  RUN: {
    name: "a run",
    satisfy: REGISTER,
    isPresent: ({ version }) => version.run !== null,
    evidence: runEvidence,
  },
  DATASET_INPUT: {
    name: "a run that read a dataset",
    satisfy: "Log the datasets that the version's run read, or register a version with a run that has them.",
    isPresent: ({ version }) => version.run !== null && version.datasetInputs > 0,
    evidence: ({ version: { run, datasetInputs } }) =>
      run === null
        ? []
        : [
            {
              kind: "DATASET",
              summary: `datasets read: ${datasetInputs}`,
              value: datasetInputs,
              runId: run.id,
              experimentName: run.experimentName,
            },
          ],
  },
};

export function runEvidence({ version: { run } }: Facts): Evidence[] {
  if (run === null) return [];
  const { id, status, experimentName } = run;
  return [{ kind: "RUN", summary: `run ${id}, ${status}`, value: status, runId: id, experimentName }];
}

export const present: RuleRow<"present"> = {
  parse: (_, { field }) => ({ field }),
  describe: ({ field }) => `The version has ${FIELDS[field].name}.`,
  needs: () => ({}),
  check({ field }, facts) {
    const { name, satisfy, isPresent, evidence } = FIELDS[field];
    return isPresent(facts)
      ? passed(`The version has ${name}.`, evidence(facts))
      : failed(`The version does not have ${name}.`, satisfy);
  },
  onRollback: "ASK",
  canOverride: true,
};
