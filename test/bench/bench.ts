import { loadavg } from "node:os";
import { measureConsole } from "./console/measure-console.js";
import { Bench } from "./measure/bench.js";
import { describeMachine } from "./measure/machine.js";
import { printTable, type Row, toLine, toSentence } from "./measure/rows.js";
import { OPTIONS_HELP, readOptions } from "./options.js";
import { SCENARIOS, type Scenario } from "./scenarios/scenarios.js";

/**
 * `npm run bench`: the built server beside the same work done by hand, in turns. README.md has the options. A scenario with a
 * wrong or refused answer fails the run, once the others are measured.
 */
const options = readOptions(process.argv.slice(2));
if (options.help) {
  console.log(OPTIONS_HELP);
  process.exit(0);
}

const say = (text: string) => console.error(text);
const bench = await Bench.open(options);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void bench.close().finally(() => process.exit(1)));
}
const rows: Row[] = [];
try {
  say(`${describeMachine()}; ${bench.databases.description}; load average ${loadavg()[0]?.toFixed(1)}`);
  if (options.console) await measureConsole(bench.databases);
  else await runScenarios();
  say(`load average ${loadavg()[0]?.toFixed(1)}`);
} finally {
  await bench.close();
}

async function runScenarios(): Promise<void> {
  for (const scenario of SCENARIOS.filter(({ number, isAsked }) => isAsked(options) && options.asks(number))) {
    await runScenario(scenario).catch((error: Error) => {
      process.exitCode = 1;
      say(`${scenario.number} failed: ${error.message}`);
    });
  }
  if (!options.json) printTable(rows);
}

async function runScenario({ run }: Scenario): Promise<void> {
  for await (const row of run(bench)) {
    rows.push(row);
    if (options.json) console.log(toLine(row));
    else say(toSentence(row));
  }
}
