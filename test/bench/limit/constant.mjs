// The fixed cost: a token is verified as the server does it, through the same cache, and a constant is sent.
import { createTokenVerifier } from "../../../dist/auth/token-verifier.js";
import { rememberVerified } from "../../../dist/auth/verified-tokens.js";

const now = () => new Date();

export function constantFor({ BENCH_PUBLIC_KEY: publicKey, BENCH_ISSUER: issuer, BENCH_AUDIENCE: audience }) {
  const settings = { issuer, audience, algorithms: ["ES256"], keys: { publicKey }, now };
  const verifier = rememberVerified(createTokenVerifier(settings), now);
  return async (authorization = "") => {
    await verifier.verify(authorization.slice("Bearer ".length));
    return '{"__typename":"Query"}';
  };
}
