import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launchChromium } from "../../support/process/chromium.js";
import { toPalettePng } from "./palette-png.js";

/** Shrinks what `npm run test:console` has kept of each page into the pictures of README.md. */
const SCREENSHOTS = fileURLToPath(new URL("../../../.screenshots", import.meta.url));
const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const WIDTH = 640;
/** Longer pages are cut. */
const MAX_HEIGHT = 480;
const ALL = [
  ...["models", "model", "version", "promote", "report", "approvals", "experiments", "runs-plotted", "run", "compare"],
  ...["deployments", "lineage", "webhooks", "audit", "policies", "tokens"],
];
const KEY = ["models", "version", "promote", "runs-plotted"];
const PICTURES = [
  ...ALL.map((name) => [`${name}-1280-light`, `light/${name}`]),
  ...KEY.map((name) => [`${name}-1280-dark`, `dark/${name}`]),
  ...KEY.map((name) => [`${name}-390-light`, `narrow/${name}`]),
  ...KEY.map((name) => [`${name}-390-dark`, `narrow/${name}-dark`]),
] as const;

for (const folder of ["light", "dark", "narrow"]) rmSync(join(FOLDER, folder), { recursive: true, force: true });
const browser = await launchChromium();
const page = await browser.newPage();
for (const [from, to] of PICTURES) {
  const picture = toPalettePng(await shrink(page, readFileSync(join(SCREENSHOTS, `${from}.png`))));
  const file = join(FOLDER, `${to}.png`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, picture);
  console.log(`${to}.png ${Math.ceil(picture.length / 1_000)} kB`);
}
await browser.close();

async function shrink(drawer: Page, png: Buffer) {
  const drawn = await drawer.evaluate(
    async ({ base64, most, height }) => {
      const whole = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))]));
      const width = Math.min(most, whole.width);
      const scale = width / whole.width;
      const image = await createImageBitmap(whole, { resizeWidth: width, resizeQuality: "high" });
      const canvas = new OffscreenCanvas(width, Math.min(Math.round(height / Math.min(1, scale * 1.5)), image.height));
      const drawing = canvas.getContext("2d");
      drawing?.drawImage(image, 0, 0);
      const { data } = (drawing as OffscreenCanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
      const reader = new FileReader();
      const isRead = new Promise((resolve) => reader.addEventListener("load", resolve));
      reader.readAsDataURL(new Blob([data]));
      await isRead;
      return { width: canvas.width, height: canvas.height, address: String(reader.result) };
    },
    { base64: png.toString("base64"), most: WIDTH, height: MAX_HEIGHT },
  );
  return { width: drawn.width, height: drawn.height, rgba: Buffer.from(drawn.address.split(",")[1] ?? "", "base64") };
}
