import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { isServed, visitAt } from "../../scripts/cli/project/answer";
import { selfSigned } from "../support/load/certificate";

describe("the first visit after an update", () => {
  const { certificate, privateKey } = selfSigned("www.foobar.com");
  const redirects: Readonly<Record<string, string>> = {
    "/": "/wiki/Main_Page",
    "/elsewhere": "https://login.example.com/",
    "/round": "/round",
  };
  let server: Server;
  before(async () => {
    server = createServer({ cert: certificate, key: privateKey }, ({ url = "/" }, response) => {
      const location = redirects[url];
      if (location !== undefined) response.writeHead(302, { location }).end();
      else response.writeHead(url === "/wiki/Main_Page" ? 200 : 500).end(url);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());
  const visit = async (path: string) =>
    visitAt(
      "127.0.0.1",
      `https://www.foobar.com:${(server.address() as AddressInfo).port}${path}`,
      certificate,
    );

  it("follows a front page that redirects to another page of the site", async () => {
    const answer = await visit("/");
    assert.equal(answer.status, 200);
    assert.equal(answer.body, "/wiki/Main_Page");
  });

  it("takes a redirect to another site, such as a sign-in page, as an answer", async () => {
    const answer = await visit("/elsewhere");
    assert.equal(answer.status, 302);
    assert.ok(isServed(answer));
  });

  it("does not take an error, or redirects without an end, for a page", async () => {
    assert.ok(!isServed(await visit("/broken")));
    await assert.rejects(visit("/round"), /redirects more than 5 times, the last time to https:.*\/round$/);
  });
});
