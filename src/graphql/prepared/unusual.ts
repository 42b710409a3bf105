/** A prepared operation cannot answer this request; the plain path can. It is caught by `PreparedQuery`, and nobody else sees it. */
export class Unusual extends Error {}
