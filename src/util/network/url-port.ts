const PORT_MAX = 65_535;
const PORT = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i;

/** Whether the text would be a URL if its port were not too high: `new URL` says of it only that it is invalid. */
export function hasHighPort(text: string): boolean {
  const port = PORT.exec(text)?.[1];
  return port !== undefined && Number(port) > PORT_MAX;
}

export const PORT_RULE = `a port of at most ${PORT_MAX}`;
