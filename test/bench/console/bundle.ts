import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../dist/console", import.meta.url));

/** What the page loads at once, and what it loads later, with gzip. */
export function printBundle(): void {
  const index = readFileSync(join(FOLDER, "index.html"), "utf8");
  const assets = join(FOLDER, "assets");
  const sizes = readdirSync(assets)
    .filter((name) => name.endsWith(".gz"))
    .map((name) => ({ name: name.slice(0, -3), bytes: statSync(join(assets, name)).size }));
  const sum = (files: typeof sizes) => files.reduce((total, { bytes }) => total + bytes, 0);
  const first = sizes.filter(({ name }) => index.includes(`/assets/${name}"`));
  const later = sizes.filter((file) => !first.includes(file)).sort((a, b) => b.bytes - a.bytes);
  const largest = later.slice(0, 3).map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`);
  console.log(
    `first load ${kilobytes(sum(first))} with gzip; later ${kilobytes(sum(later))}: ${largest.join(", ")}, …`,
  );
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} kB`;
