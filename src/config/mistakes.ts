/** Mistakes in the settings, one sentence each. */
export abstract class MistakesError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
