import { TooComplexError } from "../../domain/errors.js";

/** How much text one answer may have: complexity counts fields, and one of them may hold a hundred thousand characters. */
export class AnswerSize {
  private readonly max: number;
  private size = 0;
  private refusal: TooComplexError | null = null;

  constructor(max: number) {
    this.max = max;
  }

  /** Throws a TooComplexError past the bound. */
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
