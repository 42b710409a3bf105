import { crc32, deflateSync } from "node:zlib";

/** The pixels of a picture, four bytes each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const COLORS = 192;
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const LEVEL = { level: 9 } as const;

/** A small PNG (ISO 15948) of the most frequent colors; the others become the nearest of them. */
export function toPalettePng({ width, height, rgba }: Pixels): Buffer {
  const palette = frequentColors(rgba);
  const nearest = new Map<number, number>();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = coarse(rgba, 4 * (y * width + x));
      const place = nearest.get(color) ?? placeOf(color, palette);
      nearest.set(color, place);
      rows[y * (width + 1) + 1 + x] = place;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // eight bits for each pixel, which are places in the palette
  head.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colors),
    chunk("IDAT", deflateSync(rows, LEVEL)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Five of the eight bits of each part, so that colors that nobody can tell apart are one. */
function coarse(rgba: Uint8Array, at: number): number {
  const part = (offset: number) => {
    const bits = (rgba[at + offset] ?? 0) >> 3;
    return (bits << 3) | (bits >> 2);
  };
  return (part(0) << 16) | (part(1) << 8) | part(2);
}

function frequentColors(rgba: Uint8Array): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgba.length; at += 4) {
    const color = coarse(rgba, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, COLORS)
    .map(([color]) => color);
}

function placeOf(color: number, palette: readonly number[]): number {
  const distances = palette.map((each) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((each >> shift) & 255) - ((color >> shift) & 255)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
