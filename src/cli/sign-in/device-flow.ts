import { setTimeout as sleep } from "node:timers/promises";
import * as oauth from "oauth4webapi";
import { oneLine } from "../../util/safe-text.js";
import { CommandError, type CommandIo, note } from "../io/command-io.js";
import type { IssuerClient } from "./issuer.js";

const DEFAULT_INTERVAL_SECONDS = 5;
const SLOWER_BY_SECONDS = 5;

/** Signs in by a code that the person types on another device (RFC 8628). */
export async function signInByDevice(
  { metadata, client, resource, options }: IssuerClient,
  scopes: readonly string[],
  io: CommandIo,
): Promise<oauth.TokenEndpointResponse> {
  const parameters = new URLSearchParams({ scope: scopes.join(" "), ...(resource !== null && { resource }) });
  const { additionalParameters: _, ...plain } = options;
  const asked = await oauth.deviceAuthorizationRequest(metadata, client, oauth.None(), parameters, plain);
  const device = await oauth.processDeviceAuthorizationResponse(metadata, client, asked);
  const { verification_uri: page, verification_uri_complete: pageWithCode, user_code: code } = device;
  note(io, `Open ${oneLine(page)} on any device, and enter the code ${oneLine(code)}`);
  if (pageWithCode) note(io, `or open ${oneLine(pageWithCode)}`);
  const endsAt = io.now().getTime() + device.expires_in * 1_000;
  let seconds = device.interval ?? DEFAULT_INTERVAL_SECONDS;
  while (io.now().getTime() < endsAt) {
    await sleep(seconds * 1_000);
    const answer = await oauth.deviceCodeGrantRequest(metadata, client, oauth.None(), device.device_code, options);
    try {
      return await oauth.processDeviceCodeResponse(metadata, client, answer);
    } catch (error) {
      const code = error instanceof oauth.ResponseBodyError ? error.error : null;
      if (code === "slow_down") seconds += SLOWER_BY_SECONDS;
      else if (code !== "authorization_pending") throw error;
    }
  }
  throw new CommandError("The code has expired. Run shelfmark login again.");
}
