import { Resolver } from "node:dns/promises";
import { request } from "node:https";

export interface Answer {
  /** The address that the site's name resolved to. */
  readonly address: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is sent, where it is more than a GET. */
export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Asks as a visitor does: the name at a DNS server, then HTTPS at the address that it answers, with a certificate
 * that is valid for the name.
 * @param dnsServer `address:port`; the host's own resolver when undefined
 * @param authority PEM of the authority to trust besides the usual ones
 * @throws when the name, the connection, the certificate or the answer fails
 */
export async function ask(
  url: string,
  dnsServer?: string,
  authority?: string,
  sending: Sending = {},
): Promise<Answer> {
  return await askAt(await addressOf(new URL(url).hostname, dnsServer), url, authority, sending);
}

/**
 * As `ask`, at an address that is known already: what resolvers still remember does not matter then.
 * @throws when the connection, the certificate or the answer fails
 */
export async function askAt(
  address: string,
  url: string,
  authority?: string,
  sending: Sending = {},
): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  const started = performance.now();
  return await new Promise((done, fail) => {
    const asked = request(
      {
        host: address,
        port: port === "" ? 443 : Number(port),
        servername: hostname,
        path: pathname + search,
        method: sending.method ?? "GET",
        headers: { host: hostname, ...sending.headers },
        agent: false,
        timeout: 10_000,
        ...(authority === undefined ? {} : { ca: authority }),
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => {
          body += text;
        });
        response.on("error", fail);
        response.on("end", () =>
          done({
            address,
            status: response.statusCode ?? 0,
            milliseconds: performance.now() - started,
            body,
            headers: response.headers,
          }),
        );
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`${url} at ${address} did not answer within 10 s`)));
    asked.on("error", fail);
    asked.end(sending.body);
  });
}

/** How many redirects a browser's visit may take here; browsers themselves give up after twenty. */
const mostRedirects = 5;

/**
 * The answer to a person's browser: as `askAt`, following redirects within the site. One that leads elsewhere, such as to a sign-in
 * page, is an answer itself.
 * @throws when the connection, the certificate or an answer fails, or when redirects lead nowhere
 */
export async function visitAt(address: string, url: string, authority?: string): Promise<Answer> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await askAt(address, at.href, authority);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || typeof location !== "string") return answer;
    const next = new URL(location, at);
    if (next.origin !== at.origin) return answer;
    at = next;
  }
  throw new Error(`${url} redirects more than ${mostRedirects} times, the last time to ${at.href}`);
}

/** Whether a visitor is served: a page, or a redirect to another site. */
export function isServed({ status }: Pick<Answer, "status">): boolean {
  return status === 200 || (status >= 300 && status < 400);
}

/**
 * The first address of a name.
 * @param dnsServer `address:port`; the host's own resolver when undefined
 * @throws when there is none
 */
export async function addressOf(hostname: string, dnsServer?: string): Promise<string> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (dnsServer !== undefined) resolver.setServers([dnsServer]);
  const [address] = await resolver.resolve4(hostname);
  if (address === undefined) throw new Error(`${hostname} has no A record at ${dnsServer ?? "the resolver"}`);
  return address;
}
