// Builds the web console into dist/console, and compresses its files once, so that the server need not.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, runnerImport } from "vite";

const source = fileURLToPath(new URL("../src/console", import.meta.url));
const built = fileURLToPath(new URL("../dist/console", import.meta.url));

await build({ configFile: join(source, "vite.config.ts") });
for (const name of readdirSync(join(built, "assets"))) {
  const file = join(built, "assets", name);
  const content = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}

// what `shelfmark operations --console` prints; the server does not serve it
const { module } = await runnerImport(join(source, "operations.ts"), { configFile: false, root: source });
const byHash = module.listDocuments().map((text) => [createHash("sha256").update(text).digest("hex"), text]);
writeFileSync(join(built, "operations.json"), JSON.stringify(Object.fromEntries(byHash), null, 2));
