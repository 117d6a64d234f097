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
  const { hostname, pathname, search } = new URL(url);
  const started = performance.now();
  return await new Promise((done, fail) => {
    const asked = request(
      {
        host: address,
        servername: hostname,
        path: pathname + search,
        method: sending.method ?? "GET",
        headers: { ...sending.headers, host: hostname },
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
