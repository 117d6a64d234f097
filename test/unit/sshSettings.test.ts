import assert from "node:assert/strict";
import { SettingsError } from "../../components/settings/read";
import { readSettings, type Settings } from "../../components/settings/settings";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keyPair } from "../support/keyPair";

const pair = keyPair();
const otherPair = keyPair();
const server = { address: "203.0.113.7", privateKey: pair.private, hostKey: pair.public };

/** Reads a stack's settings on the platform ssh. */
function read(servers: unknown, settings: Readonly<Record<string, string>> = {}): Settings {
  const all = {
    platform: "ssh",
    acmeEmail: "admin@foobar.com",
    databasePassword: "correct horse battery",
    ...(servers === undefined ? {} : { servers: JSON.stringify(servers) }),
    ...settings,
  };
  return readSettings({
    config: Object.fromEntries(Object.entries(all).map(([key, value]) => [`one-server-web:${key}`, value])),
    secretKeys: ["one-server-web:databasePassword", "one-server-web:servers"],
    project: "one-server-web",
    stack: "own",
    projectFolder,
  });
}

function complaint(servers: unknown, settings?: Readonly<Record<string, string>>): string {
  try {
    read(servers, settings);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message;
  }
  return "";
}

describe("settings of the platform ssh", () => {
  it("have root and port 22 as defaults", () => {
    const [first] = read([server]).ssh.servers;
    assert.deepEqual([first?.user, first?.port], ["root", 22]);
  });

  it("take several servers, also behind one address, and by name", () => {
    const { servers } = read(
      [
        server,
        { ...server, port: 2222, hostKey: otherPair.public },
        { ...server, address: "web.foobar.com", user: "debian", hostKey: `${otherPair.public} a comment` },
        { ...server, address: "2001:db8::7" },
      ].map((each, index) => ({ ...each, name: `web-${index + 1}`, tiers: ["web"] })),
    ).ssh;
    assert.deepEqual(
      servers.map(({ user, address, port }) => `${user}@${address}:${port}`),
      ["root@203.0.113.7:22", "root@203.0.113.7:2222", "debian@web.foobar.com:22", "root@2001:db8::7:22"],
    );
  });

  const { privateKey: _, ...keyless } = server;
  const { hostKey: __, ...unverified } = server;
  const [kind = "", body = ""] = pair.public.split(" ");
  const wrong: readonly (readonly [title: string, servers: unknown, where: string])[] = [
    ["no server", [], ""],
    ["something that is no list", server, ""],
    ["a port out of range", [{ ...server, port: 70000 }], " at [0].port"],
    ["a port that is a text", [{ ...server, port: "22" }], " at [0].port"],
    ["a malformed address", [{ ...server, address: "not an address" }], " at [0].address"],
    ["a user's name with a space", [{ ...server, user: "a b" }], " at [0].user"],
    [
      "a bastion host without a host key",
      [{ ...server, bastion: { address: "203.0.113.9" } }],
      " at [0].bastion.hostKey",
    ],
    [
      "a bastion host of a bastion host",
      [{ ...server, bastion: { ...server, bastion: server } }],
      " at [0].bastion.bastion",
    ],
    ["an empty passphrase", [{ ...server, passphrase: "" }], " at [0].passphrase"],
    ["a name without a number", [{ ...server, name: "web" }], " at [0].name"],
    ["a tier that there is not", [{ ...server, tiers: ["webserver"] }], " at [0].tiers[0]"],
    ["a public key as the private one", [{ ...server, privateKey: pair.public }], " at [0].privateKey"],
    ["a server without a host key", [unverified], " at [0].hostKey"],
    ["a host key with the name before it", [{ ...server, hostKey: `web ${pair.public}` }], " at [0].hostKey"],
    [
      "a host key of another kind than it says",
      [{ ...server, hostKey: `ssh-rsa ${body}` }],
      " at [0].hostKey",
    ],
    ["half of a host key", [{ ...server, hostKey: `${kind} ${body.slice(0, 20)}` }], " at [0].hostKey"],
    ["a fingerprint as the host key", [{ ...server, hostKey: "SHA256:abcdef" }], " at [0].hostKey"],
    ["a field it does not know", [{ ...server, password: "hunter2 hunter2" }], " at [0].password"],
    ["the same server twice", [server, { ...server, user: "debian" }], ""],
  ];
  for (const [title, servers, where] of wrong) {
    it(`refuse ${title}, and show no key`, () => {
      const message = complaint(servers);
      const begin = `one-server-web:servers has a value that is not allowed${where}; expected a list of different servers`;
      assert.ok(message.startsWith(begin), message);
      assert.ok(!message.includes("\n"));
      assert.ok(!message.includes(pair.private.slice(40, 80)));
      assert.ok(!message.includes("hunter2"));
    });
  }

  const web = { ...server, name: "web-1", tiers: ["web", "app"] };
  const database = { ...server, port: 2222, name: "database-1", tiers: ["database"] };
  const unclear: readonly (readonly [title: string, servers: object[], says: string])[] = [
    [
      "without names",
      [server, { ...server, port: 2222 }],
      "has several servers, of which [0] has no name: machines are not assigned by their order",
    ],
    [
      "of which one has no name",
      [web, { ...database, name: undefined }],
      "has several servers, of which [1] has no name",
    ],
    [
      "of which one has no tiers",
      [{ ...web, tiers: undefined }, database],
      "has several servers, of which [0] has no tiers",
    ],
    ["with one name", [web, { ...database, name: "web-1" }], "names two servers web-1"],
  ];
  for (const [title, servers, says] of unclear) {
    it(`refuse several servers ${title}, and say what each needs`, () => {
      const message = complaint(servers);
      assert.ok(message.startsWith(`one-server-web:servers ${says}`), message);
      assert.match(message, /expected a list of different servers, each with name \(such as web-1\), tiers,/);
    });
  }

  const locked = keyPair("a passphrase");
  const bastion = { ...server, address: "203.0.113.9" };
  const unusable: readonly (readonly [title: string, servers: object[], says: RegExp])[] = [
    [
      "a key with a passphrase that is not there",
      [{ ...server, privateKey: locked.private }],
      /^one-server-web:servers has a privateKey at \[0\] that is encrypted, and no passphrase beside it;/,
    ],
    [
      "a key of a bastion host with a wrong passphrase",
      [{ ...server, bastion: { ...bastion, privateKey: locked.private, passphrase: "another" } }],
      /^one-server-web:servers has a passphrase at \[0\]\.bastion that does not open its privateKey;/,
    ],
    [
      "one of the servers as a bastion host",
      [web, { ...database, bastion: server }],
      /^one-server-web:servers has a bastion at \[1\] that is itself one of the servers, which forward no connections;/,
    ],
  ];
  for (const [title, servers, says] of unusable) {
    it(`refuse ${title}, and show no key`, () => {
      const message = complaint(servers);
      assert.match(message, says);
      assert.ok(!/another|passphrase"|PRIVATE KEY-/.test(message.split("; expected")[0] ?? ""), message);
    });
  }

  it("take a key with its passphrase, and a bastion host", () => {
    const [first] = read([
      {
        ...server,
        privateKey: locked.private,
        passphrase: "a passphrase",
        publicAddress: "198.51.100.1",
        bastion: { ...bastion, user: "jump" },
      },
    ]).ssh.servers;
    assert.equal(first?.publicAddress, "198.51.100.1");
    assert.deepEqual([first?.bastion?.user, first?.bastion?.port], ["jump", 22]);
  });

  it("take the keys of an SSH agent, where one runs", () => {
    const before = process.env.SSH_AUTH_SOCK;
    try {
      process.env.SSH_AUTH_SOCK = "/run/agent";
      assert.equal(read([keyless]).ssh.servers[0]?.privateKey, undefined);
      delete process.env.SSH_AUTH_SOCK;
      assert.match(
        complaint([keyless]),
        /^one-server-web:servers has no privateKey at \[0\], and no SSH agent runs here \(SSH_AUTH_SOCK\);/,
      );
    } finally {
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
    }
  });

  it("say what stays open, and whether servers may be taken over", () => {
    const { openPorts, takeOver } = read([server], {
      openPorts: '["8080/tcp", "51820/udp"]',
      takeOver: "true",
    }).ssh;
    assert.deepEqual([openPorts, takeOver], [["8080/tcp", "51820/udp"], true]);
    for (const wrong of ["0/tcp", "65536/tcp", "80", "80/sctp", "80/tcp accept"]) {
      assert.match(
        complaint([server], { openPorts: JSON.stringify([wrong]) }),
        /^one-server-web:openPorts is /,
      );
    }
  });

  it("need a name and tiers of each of several servers, not of a single one", () => {
    assert.deepEqual(
      read([web, database]).ssh.servers.map(({ name }) => name),
      ["web-1", "database-1"],
    );
    assert.equal(read([server]).ssh.servers[0]?.name, undefined);
  });

  it("need servers, and an e-mail address where a public authority certifies", () => {
    assert.match(complaint(undefined), /^one-server-web:servers is not set/);
    assert.match(complaint([server], { acmeEmail: "" }), /^one-server-web:acmeEmail is not set/);
    assert.equal(complaint([server], { acmeEmail: "", certificates: "local" }), "");
  });
});
