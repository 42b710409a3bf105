import { TooComplexError } from "../../domain/errors.js";

/** Limits the text of one response. Complexity counts fields, and a single field may hold 100 000 characters. */
export class AnswerSize {
  private readonly max: number;
  private size = 0;
  private refusal: TooComplexError | null = null;

  constructor(max: number) {
    this.max = max;
  }

  /** The same limit, with nothing counted yet. */
  fresh(): AnswerSize {
    return new AnswerSize(this.max);
  }

  /** Throws a TooComplexError above the limit. */
  add(value: unknown): void {
    this.size += lengthOf(value);
    if (this.size <= this.max) return;
    this.refusal ??= new TooComplexError(
      `The answer has more text than the ${this.max} characters that are allowed. Request less at once.`,
    );
    throw this.refusal;
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? JSON.stringify(value).length : 0;
}
