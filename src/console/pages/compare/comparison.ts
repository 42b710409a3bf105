import type { MetricNumber } from "../../kit/number";

/** One of the things that are compared. */
export interface Compared {
  readonly id: string;
  readonly label: string;
  readonly stage: string | null;
  readonly model: { readonly name: string; readonly number: number } | null;
  readonly run: { readonly id: string; readonly runId: string; readonly isRunning: boolean } | null;
}

export interface TextRow {
  readonly key: string;
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

export interface MetricRow {
  readonly key: string;
  readonly dataset: { readonly id: string; readonly name: string } | null;
  readonly values: readonly (MetricNumber | null)[];
  readonly differs: boolean;
}

export interface InputRow {
  readonly nodeId: string;
  readonly name: string;
  readonly context: string | null;
  readonly present: readonly boolean[];
  readonly differs: boolean;
}

export interface Comparison {
  readonly compared: readonly Compared[];
  readonly params: readonly TextRow[];
  readonly metrics: readonly MetricRow[];
  readonly inputs: readonly InputRow[];
  readonly tags: readonly TextRow[];
}
