/** A global id of Relay's server specification: opaque to clients, made of the type's name and the row's id. */
export function encodeGlobalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString("base64url");
}
