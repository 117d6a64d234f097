import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server as NetServer } from "node:net";
import { Client, Server } from "ssh2";
import { execute } from "../../scripts/engine/command/execute";
import { keyPair } from "../support/keyPair";

/** An SSH server whose commands print their own text and end with the code that they are called by, at once. */
function sshServer(): Server {
  const { private: key } = keyPair();
  return new Server({ hostKeys: [key] }, (client) => {
    client.on("authentication", (login) => login.accept());
    client.on("session", (accept) =>
      accept().on("exec", (begin, _refuse, { command }) => {
        const channel = begin();
        channel.write(`ran ${command}`);
        channel.exit(Number(command));
        channel.end();
      }),
    );
  });
}

/** Passes on what clients say at once, and what the server answers in pieces of a fiftieth of a second, as a busy machine does. */
function inPieces(port: number): NetServer {
  return createServer((client) => {
    const server = connect(port, "127.0.0.1");
    let waiting: Buffer[] = [];
    const pass = setInterval(() => {
      if (waiting.length > 0) client.write(Buffer.concat(waiting));
      waiting = [];
    }, 20);
    server.on("data", (chunk) => waiting.push(chunk));
    client.on("data", (chunk) => server.write(chunk));
    client.on("close", () => server.destroy());
    server.on("close", () => clearInterval(pass));
  });
}

describe("a command on another machine", () => {
  const server = sshServer();
  let proxy: NetServer;
  const client = new Client();

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = inPieces((server.address() as AddressInfo).port).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    client.connect({ host: "127.0.0.1", port: (proxy.address() as AddressInfo).port, username: "anyone" });
    await once(client, "ready");
  });
  after(() => {
    client.destroy();
    proxy.close();
    server.close();
  });

  for (const [command, expected] of [
    ["0", undefined],
    ["3", "exit status 3"],
  ] as const) {
    it(`has ended with ${command}, also when all that it said arrives at once`, async () => {
      let said = "";
      const ended = await execute(new AbortController().signal, client, command, {
        stdout: (chunk) => {
          said += chunk;
        },
        stderr: () => undefined,
      });
      assert.deepEqual([ended, said], [expected, `ran ${command}`]);
    });
  }
});
