import { describePrincipals, type Principals } from "../principals.js";

const SHOWN_CHARACTERS = 200;
const SHOWN_CHOICES = 5;

/** At most 200 characters, so that what a decision keeps stays small. Cuts between code points: half of one cannot be stored. */
export function shorten(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const characters = [...text.slice(0, 2 * SHOWN_CHARACTERS + 2)];
  return characters.length > SHOWN_CHARACTERS ? `${characters.slice(0, SHOWN_CHARACTERS).join("")}…` : text;
}

/** `the value "a" or "b"`, or how many there are. */
export function describeChoices(choices: readonly string[]): string {
  if (choices.length > SHOWN_CHOICES) return `one of ${choices.length} values`;
  return `the value ${choices.map((choice) => `"${shorten(choice)}"`).join(" or ")}`;
}

/** The units of time of which a duration is told, the largest first, in seconds. */
export const TIME_UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** In the largest unit that says it exactly: 7 200 is `2 hours`. */
export function describeSeconds(seconds: number): string {
  const [name, size] = TIME_UNITS.find(([, unit]) => seconds > 0 && seconds % unit === 0) ?? ["second", 1];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** The sentence that a rule's requirement ends with if it says whose evidence counts. */
export function evidenceClause(from: Principals | undefined): string {
  return from ? ` Only evidence from ${shorten(describePrincipals(from))} counts.` : "";
}
