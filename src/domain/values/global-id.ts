/** A global id, as Relay's server specification asks for: opaque, and telling the type and the row. */
export function encodeGlobalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString("base64url");
}
