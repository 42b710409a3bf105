/** Restores the line ends of a PEM that is in a one-line variable, where they are written as \\n. */
export function unfoldPem(text: string): string {
  return text.replaceAll("\\n", "\n").trim();
}
