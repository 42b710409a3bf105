import { JSDOM } from "jsdom";

/** A page, for as long as the process lives. To be imported before react-dom, which looks for one when it is loaded. */
const { window } = new JSDOM("<!doctype html>", { url: "http://localhost:5173/" });
Object.assign(globalThis, { window, document: window.document, WebSocket: window.WebSocket });
globalThis.navigator ??= window.navigator;
