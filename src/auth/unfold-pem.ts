/** A PEM from a one-line variable, where line ends are written as \\n. */
export function unfoldPem(text: string): string {
  return text.replaceAll("\\n", "\n").trim();
}
