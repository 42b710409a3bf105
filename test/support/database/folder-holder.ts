import { lockFolder } from "../../../src/store/folder/folder-lock.js";
import { openDatabase } from "../../../src/store/open-database.js";

const [mode, folder = ""] = process.argv.slice(2);
const print = (text: string) => void process.stdout.write(`${text}\n`);

async function open(): Promise<void> {
  await openDatabase(
    { kind: "pglite", folder, statementTimeoutMs: 30_000, resultBytes: 1e6 },
    { info: print, warn: print },
  );
  print("ready");
}

try {
  if (mode === "lock") await lockFolder(folder).then(() => print("ready"));
  else await open();
  setInterval(() => {}, 60_000);
} catch (error) {
  print(String(error));
  process.exit(1);
}
