/**
 * The commands of a block that .ci/run does not run. Settings before a command, its arguments after `--` and comments are
 * the reader's own: `FUZZ_RUNS=9 npm run soak -- --seconds 600   # long` is `npm run soak`.
 */
export function findUnrunCommands(block: string, ci: string): string[] {
  const steps = new Set(ci.split("\n").map(commandOf));
  const commands = block
    .split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*/, "").split("&&"))
    .map(commandOf);
  return commands.filter((command) => command !== "" && !steps.has(command));
}

function commandOf(line: string): string {
  return line
    .trim()
    .replace(/^(\w+=\S+\s+)+/, "")
    .replace(/ -- .*/, "");
}
