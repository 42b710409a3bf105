/** Whether a name always means this machine (RFC 6761 §6.3). */
export function isLocalhostName(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name.endsWith(".localhost");
}

/** Whether only programs on this machine can reach a host: localhost, 127.0.0.0/8, ::1 (with or without brackets). */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (isLocalhostName(name) || name === "::1") return true;
  return /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name);
}

/** Whether what is sent to an address is encrypted on its way, or does not leave this machine. No secret stands in the address. */
export function isSecureUrl({ protocol, hostname, username, password }: URL): boolean {
  return username + password === "" && (protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname)));
}
