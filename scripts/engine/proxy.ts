/** An HTTP proxy from the environment. */
export interface Proxy {
  host: string;
  port: number;
  /** `user:password`, as the proxy's URL has it, decoded. */
  login?: string;
}

/**
 * The proxy for a URL, by the customary variables (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY; small letters win),
 * which Node.js itself does not read.
 *
 * @throws when the variable's value is not a URL of an HTTP proxy
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): Proxy | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const setting = read(variable) ?? read("ALL_PROXY");
  if (!setting || isExcluded(url, read("NO_PROXY") ?? "")) return undefined;
  let proxy: URL;
  try {
    proxy = new URL(setting.includes("://") ? setting : `http://${setting}`);
  } catch {
    throw new Error(`${variable} must be a URL such as http://proxy.example:3128`);
  }
  if (proxy.protocol !== "http:")
    throw new Error(`${variable}: only http:// proxies are supported, not ${proxy.protocol}//`);
  const login = proxy.username
    ? `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    : undefined;
  return { host: proxy.hostname, port: Number(proxy.port || 80), ...(login === undefined ? {} : { login }) };
}

/** NO_PROXY names hosts and the domains above them (`example.com`, `.example.com`), or all (`*`). */
function isExcluded(url: URL, list: string): boolean {
  const entries = list.split(/[\s,]+/).filter(Boolean);
  return entries.some((entry) => {
    const [name = "", port] = entry.replace(/^\*?\./, "").split(":");
    if (entry === "*") return true;
    if (port && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
    return url.hostname === name || url.hostname.endsWith(`.${name}`);
  });
}
