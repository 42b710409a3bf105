/** Who the server sees under the token of a sign-in. */
export const VIEWER = "query LoginViewer { viewer { actor { subject name } scopes scopeClaims } }";
