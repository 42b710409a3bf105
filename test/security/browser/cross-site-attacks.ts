/** The outcome of an attack: "read: …" if the page got a response, else how it was stopped. */
export type Attack = (endpoint: string, token: string) => Promise<string>;

// Each function is sent to the browser as text, so it can use its arguments only.

/** What a page of another site can try. Unlike a real one it even has a token. */
export const CROSS_SITE: Readonly<Record<string, Attack>> = {
  "a simple fetch": async (endpoint) => {
    const body = JSON.stringify({ query: "{ viewer { scopes } }" });
    return fetch(endpoint, { method: "POST", body }).then(
      (answer) => answer.text().then((text) => `read: ${text}`),
      String,
    );
  },
  "a fetch with the token, after a preflight": async (endpoint, token) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ query: "{ viewer { scopes } }" });
    return fetch(endpoint, { method: "POST", headers, body }).then(
      (answer) => answer.text().then((text) => `read: ${text}`),
      String,
    );
  },
  "a fetch without CORS": async (endpoint) => {
    const query = 'mutation { registerModel(input: {name: "evil"}) { created } }';
    const answer = await fetch(endpoint, {
      method: "POST",
      mode: "no-cors",
      credentials: "include",
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    return text === "" ? `opaque: ${answer.type}` : `read: ${text}`;
  },
  "a fetch by GET": async (endpoint) => {
    const url = `${endpoint}?query=${encodeURIComponent("{ viewer { scopes } }")}`;
    return fetch(url).then((answer) => answer.text().then((text) => `read: ${text}`), String);
  },
  "the GraphiQL page by fetch": async (endpoint) => {
    return fetch(new URL("/graphiql", endpoint), { headers: { accept: "text/html" } }).then(
      (answer) => answer.text().then((text) => `read: ${text}`),
      String,
    );
  },
  "a beacon": async (endpoint) => {
    const query = 'mutation { registerModel(input: {name: "evil"}) { created } }';
    return `sent: ${navigator.sendBeacon(endpoint, new Blob([JSON.stringify({ query })], { type: "text/plain" }))}`;
  },
  "a script": async (endpoint) => {
    const script = document.createElement("script");
    script.src = `${endpoint}?query=${encodeURIComponent("{ viewer { scopes } }")}`;
    document.head.append(script);
    return new Promise<string>((resolve) => {
      script.onload = () => resolve("read: a script ran");
      script.onerror = () => resolve("refused: no script");
    });
  },
  "an image": async (endpoint) => {
    const image = new Image();
    image.src = `${endpoint}?query=${encodeURIComponent('mutation { registerModel(input: {name: "evil"}) { created } }')}`;
    return new Promise<string>((resolve) => {
      image.onload = () => resolve("read: an image loaded");
      image.onerror = () => resolve("refused: no image");
    });
  },
  "an event stream": async (endpoint) => {
    const source = new EventSource(
      `${endpoint}?query=${encodeURIComponent("subscription { stageChanged { cursor } }")}`,
    );
    return new Promise<string>((resolve) => {
      source.onmessage = ({ data }) => resolve(`read: ${data}`);
      source.onopen = () => resolve("read: it opened");
      source.onerror = () => resolve("refused: no stream");
    }).finally(() => source.close());
  },
  "a socket with the token": async (endpoint, token) => {
    const socket = new WebSocket(endpoint.replace(/^http/, "ws"), "graphql-transport-ws");
    return new Promise<string>((resolve) => {
      socket.onopen = () =>
        socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
      socket.onmessage = ({ data }) => resolve(`read: ${data}`);
      socket.onclose = ({ code }) => resolve(`refused: closed with ${code}`);
    }).finally(() => socket.close());
  },
  "a frame around the page": async (endpoint) => {
    const frame = document.createElement("iframe");
    frame.src = endpoint;
    document.body.append(frame);
    await new Promise((resolve) => {
      frame.onload = resolve;
    });
    const inside = frame.contentDocument;
    return inside ? `read: ${inside.body.textContent}` : "refused: another site's document";
  },
};

/** A page cannot read the response to its form, so the test checks what the form changes. */
export const FORMS = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] as const;
