/** Somebody at the pages of a provider without a browser: keeps cookies, and sends each form that a page has. */
export async function visitProvider(address: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const cookies = new Map<string, string>();
  let { url, html } = await follow(new URL(address), {}, cookies);
  for (let form = findForm(html, url); form !== null; form = findForm(html, url)) {
    const body = new URLSearchParams({ ...fields, ...form.hidden });
    ({ url, html } = await follow(form.action, { method: "POST", body }, cookies));
  }
  return html;
}

async function follow(url: URL, init: RequestInit, cookies: Map<string, string>): Promise<{ url: URL; html: string }> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
  for (const line of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
  const location = response.headers.get("location");
  if (location === null) return { url, html: await response.text() };
  await response.body?.cancel();
  return follow(new URL(location, url), {}, cookies);
}

function findForm(html: string, url: URL): { action: URL; hidden: Record<string, string> } | null {
  const [form] = /<form[^>]*>[\s\S]*?<\/form>/.exec(html) ?? [];
  if (form === undefined) return null;
  const action = /action="([^"]*)"/.exec(form)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const inputs = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => {
    const attributeOf = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? "";
    return [attributeOf("name"), attributeOf("value")] as const;
  });
  return { action: new URL(action, url), hidden: Object.fromEntries(inputs) };
}
