/** Resolves `totalCount` of a connection made by `toConnection`. */
export function countOf(connection: object): Promise<number> {
  return (connection as { totalCount(): Promise<number> }).totalCount();
}
