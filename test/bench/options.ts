import { parseArgs } from "node:util";
import { size } from "./size.js";

export interface Options {
  /** For how long each side of a scenario is measured. */
  readonly seconds: number;
  readonly json: boolean;
  readonly peers: boolean;
  readonly growth: boolean;
  readonly embedded: boolean;
  /** Only how soon the pages of the console react. */
  readonly console: boolean;
  readonly help: boolean;
  /** Whether a scenario is to run. */
  asks(scenario: number): boolean;
}

export const OPTIONS_HELP = `npm run bench -- [options]

  --scenario N   only this scenario; several are separated by commas
  --seconds S    for how long each side of a scenario is measured (default 8)
  --json         one line of JSON for each row, in place of the table
  --growth       also scenarios 1 to 3 with 1 000, 100 000 and 1 000 000 versions
  --embedded     also scenario 1 on the embedded database
  --console      only the console: how soon its pages with large data react, and what it loads
  --peers        also PostGraphile (1 to 3), graphql-ws alone (9) and MLflow's server (11), where they can run

BENCH_DATABASE_URL names a PostgreSQL server whose user may create databases; without it the bench starts one.`;

export function readOptions(args: readonly string[]): Options {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: "string", default: "" },
      seconds: { type: "string", default: String(size(8, 0.2)) },
      json: flag,
      peers: flag,
      growth: flag,
      embedded: flag,
      console: flag,
      help: flag,
    },
  });
  const { scenario, seconds, ...flags } = values;
  if (!(Number(seconds) > 0)) throw new Error("--seconds must be a number above 0.");
  const asked = scenario === "" ? [] : scenario.split(",").map(Number);
  if (asked.some((number) => !Number.isInteger(number) || number < 1 || number > 11)) {
    throw new Error("--scenario must be a number from 1 to 11, or several, separated by commas.");
  }
  return { ...flags, seconds: Number(seconds), asks: (number) => asked.length === 0 || asked.includes(number) };
}
