import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as oauth from "oauth4webapi";
import { CommandError, type CommandIo, note } from "../io/command-io.js";
import type { IssuerClient } from "./issuer.js";
import { openBrowser } from "./open-browser.js";

const PATH = "/callback";
const WAIT_MS = 10 * 60_000;
const PAGE_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  connection: "close",
};

/** Signs in with a browser on this machine, which comes back to a port of this process (RFC 8252 §7.3, RFC 7636). */
export async function signInByBrowser(
  issuer: IssuerClient,
  scopes: readonly string[],
  io: CommandIo,
): Promise<oauth.TokenEndpointResponse> {
  const { metadata, client, options } = issuer;
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const verifier = oauth.generateRandomCodeVerifier();
  const listener = await listenForAnswer(issuer, state);
  try {
    const { redirectUri } = listener;
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const address = authorizationUrl(issuer, { redirectUri, scopes, state, nonce, challenge });
    note(io, `Sign in with the browser. If it does not open, open this address on this machine:\n${address.href}`);
    openBrowser(address, io.env);
    const parameters = await listener.answer;
    const answer = await oauth.authorizationCodeGrantRequest(
      ...([metadata, client, oauth.None(), parameters, redirectUri, verifier, options] as const),
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    return await oauth.processAuthorizationCodeResponse(metadata, client, answer, expected);
  } finally {
    listener.close();
  }
}

interface Asked {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
}

function authorizationUrl({ metadata, client, resource }: IssuerClient, asked: Asked): URL {
  if (!metadata.authorization_endpoint)
    throw new CommandError(`${metadata.issuer} has no authorization_endpoint; try shelfmark login --device.`);
  const address = new URL(metadata.authorization_endpoint);
  const parameters = {
    client_id: client.client_id,
    redirect_uri: asked.redirectUri,
    response_type: "code",
    scope: asked.scopes.join(" "),
    state: asked.state,
    nonce: asked.nonce,
    code_challenge: asked.challenge,
    code_challenge_method: "S256",
    // some providers know the resource of RFC 8707 as audience
    ...(resource !== null && { resource, audience: resource }),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address;
}

/** Listens on loopback for the answer that has our state. Others get an error, and change nothing. */
async function listenForAnswer({ metadata, client }: IssuerClient, state: string) {
  const { promise: answer, resolve, reject } = withResolvers<URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method !== "GET" || url.pathname !== PATH) return reply(response, 404, "There is nothing here.");
    if (url.searchParams.get("state") !== state)
      return reply(response, 400, "This is not the answer to a sign-in of this program.");
    try {
      const parameters = oauth.validateAuthResponse(metadata, client, url, state);
      reply(response, 200, "You are signed in. You can close this window.");
      resolve(parameters);
    } catch (error) {
      reply(response, 400, "The sign-in has failed. The program says why.");
      reject(error);
    }
  });
  await new Promise<void>((listening, failed) => server.once("error", failed).listen(0, "127.0.0.1", listening));
  const timer = setTimeout(() => reject(new CommandError("Nobody signed in within 10 minutes.")), WAIT_MS);
  // whoever waits for it hears of the failure
  answer.catch(() => {});
  return {
    answer,
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    close() {
      clearTimeout(timer);
      server.close();
    },
  };
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, PAGE_HEADERS).end(`${text}\n`);
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
