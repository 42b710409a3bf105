import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { launchChromium } from "../../support/process/chromium.js";
import { toPalettePng } from "./palette-png.js";
import { findPlaces } from "./places.js";

/**
 * Takes the pictures of README.md from a server that holds the world of the demo:
 * `node --import tsx test/console/pictures/make-pictures.ts 'http://127.0.0.1:4000/#token=…'`, with the link that `npm start`
 * prints, after `npm run demo -- --world`.
 */
const FOLDER = fileURLToPath(new URL(".", import.meta.url));
/** Of a picture, in pixels; wider pages are shrunk. */
const WIDTH = 640;
const WIDE = { width: 1_280, height: 900 };
const NARROW = { width: 390, height: 640 };
const KEY: ReadonlySet<string> = new Set(["models", "version", "promote", "runs-plotted"]);
/** For curves and layouts, which move into their places. */
const SETTLES_MS = 1_500;

const link = new URL(process.argv[2] ?? "");
const places = Object.entries(await findPlaces(link));
const key = places.filter(([name]) => KEY.has(name));
const browser = await launchChromium();
const drawer = await browser.newPage();
for (const folder of ["light", "dark", "narrow"]) rmSync(join(FOLDER, folder), { recursive: true, force: true });
await take("light/", places, { viewport: WIDE, colorScheme: "light" });
await take("dark/", key, { viewport: WIDE, colorScheme: "dark" });
await take("narrow/", key, { viewport: NARROW, colorScheme: "light" });
await take("narrow/dark-", key, { viewport: NARROW, colorScheme: "dark" });
await browser.close();

async function take(to: string, pages: readonly (readonly [string, string])[], options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(link.href);
  await page.getByRole("heading", { name: "Models" }).waitFor();
  for (const [name, path] of pages) {
    await page.goto(new URL(path, link).href, { waitUntil: "networkidle" }).catch(() => page.waitForLoadState());
    await page.waitForTimeout(SETTLES_MS);
    const picture = toPalettePng(await shrink(await page.screenshot()));
    const file = join(FOLDER, `${to}${name}.png`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, picture);
    console.log(`${to}${name}.png ${Math.ceil(picture.length / 1_000)} kB`);
  }
  await context.close();
}

async function shrink(png: Buffer) {
  const drawn = await drawer.evaluate(
    async ({ base64, most }) => {
      const whole = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))]));
      const width = Math.min(most, whole.width);
      const image = await createImageBitmap(whole, { resizeWidth: width, resizeQuality: "high" });
      const canvas = new OffscreenCanvas(image.width, image.height);
      const drawing = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
      drawing.drawImage(image, 0, 0);
      const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
      const reader = new FileReader();
      const isRead = new Promise((resolve) => reader.addEventListener("load", resolve));
      reader.readAsDataURL(new Blob([data]));
      await isRead;
      return { width: canvas.width, height: canvas.height, address: String(reader.result) };
    },
    { base64: png.toString("base64"), most: WIDTH },
  );
  return { width: drawn.width, height: drawn.height, rgba: Buffer.from(drawn.address.split(",")[1] ?? "", "base64") };
}
