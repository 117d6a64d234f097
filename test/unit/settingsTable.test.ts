import assert from "node:assert/strict";
import { conditionText, holds } from "../../components/settings/conditions";
import { variableName, variableText } from "../../components/settings/formats";
import { SettingsError } from "../../components/settings/read";
import { expected } from "../../components/settings/setting";
import { readSettings } from "../../components/settings/settings";
import { entryOf, settingNames } from "../../components/settings/table";
import { projectFolder } from "../../scripts/cli/project/folders";
import { describedSettings } from "../../scripts/cli/settings/table";
import { secretSettings } from "../support/settings";

const password = "correct horse battery staple";

/** What a platform can't do without. */
const needed = {
  local: {},
  ssh: {
    acmeEmail: "admin@foobar.com",
    servers: JSON.stringify([
      {
        address: "203.0.113.7",
        privateKey: "PRIVATE KEY",
        hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK",
      },
    ]),
  },
  aws: { acmeEmail: "admin@foobar.com", allowedSshCidrs: '["203.0.113.0/24"]' },
};

type PlatformName = keyof typeof needed;

/** What is said of a stack's settings: errors, or warnings where there are none. */
function said(config: Readonly<Record<string, string>>, platform: PlatformName = "local") {
  const all = { databasePassword: password, platform, ...needed[platform], ...config };
  const warnings: string[] = [];
  const source = {
    config: {
      ...Object.fromEntries(Object.entries(all).map(([name, text]) => [`one-server-web:${name}`, text])),
      "aws:region": "eu-west-1",
    },
    secretKeys: secretSettings.map((name) => `one-server-web:${name}`),
    project: "one-server-web",
    stack: "prod",
    projectFolder,
  };
  try {
    readSettings(source, (line) => warnings.push(line));
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return { errors: error.lines, warnings };
  }
  return { errors: [], warnings };
}

describe("a setting that has no effect", () => {
  const cases: readonly (readonly [
    config: Readonly<Record<string, string>>,
    platform: PlatformName,
    warning: string,
  ])[] = [
    [
      { instanceType: "t4g.large" },
      "local",
      'one-server-web:instanceType is "t4g.large", which has no effect: it applies only with platform aws, and platform is local; remove it: pulumi config rm instanceType -s prod',
    ],
    [
      { memory: "2048" },
      "aws",
      'one-server-web:memory is "2048", which has no effect: it applies only with platform local, and platform is aws; remove it: pulumi config rm memory -s prod',
    ],
    [
      { phpVersion: "8.4", runtime: "python", site: "site/python" },
      "local",
      'one-server-web:phpVersion is "8.4", which has no effect: it applies only with runtime php, and runtime is python; remove it: pulumi config rm phpVersion -s prod',
    ],
    [
      { interface: "asgi" },
      "local",
      'one-server-web:interface is "asgi", which has no effect: it applies only with runtime python, and runtime is php; remove it: pulumi config rm interface -s prod',
    ],
    [
      { backupPassword: "hunter2 hunter2" },
      "ssh",
      "one-server-web:backupPassword is set, which has no effect: it applies only with backupRepository set, and backupRepository is not set; remove it: pulumi config rm backupPassword -s prod",
    ],
    [
      {
        backupRepository: "/var/backups/site",
        backupPassword: "hunter2 hunter2",
        backupPrivateKey: "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----",
      },
      "ssh",
      "one-server-web:backupPrivateKey is set, which has no effect: it applies only with backupRepository sftp:, and backupRepository is /var/backups/site; remove it: pulumi config rm backupPrivateKey -s prod",
    ],
  ];
  for (const [config, platform, warning] of cases) {
    it(`is named in a warning and not refused: ${Object.keys(config)[0]} on ${platform}`, () => {
      assert.deepEqual(said(config, platform), { errors: [], warnings: [warning] });
    });
  }

  it("is still read, so that a wrong value is refused on every platform", () => {
    assert.match(
      said({ instanceType: "t2.micro" }).errors.join(),
      /^one-server-web:instanceType is "t2.micro"/,
    );
  });

  for (const platform of ["local", "ssh", "aws"] as const) {
    it(`is not a default that Pulumi.yaml hands over: ${platform}`, () => {
      const defaults = describedSettings().map((setting) => [setting.name, setting.default]);
      const {
        platform: _,
        databasePassword: __,
        acmeEmail: ___,
        allowedSshCidrs: ____,
        servers: _____,
        ...written
      } = Object.fromEntries(defaults) as Record<string, string>;
      assert.deepEqual(said(written, platform), { errors: [], warnings: [] });
    });
  }
});

describe("what the server used to refuse after everything was made", () => {
  for (const [name, value] of [
    ["pageCache", "10s"],
    ["http3", "true"],
  ] as const) {
    it(`is refused by the program: ${name} with the stack lamp`, () => {
      assert.deepEqual(said({ [name]: value, stack: "lamp" }), {
        errors: [
          `one-server-web:${name} is "${value}", and stack is lamp; expected no value, or stack lemp; for example: pulumi config rm ${name} -s prod`,
        ],
        warnings: [],
      });
      assert.deepEqual(said({ [name]: value }), { errors: [], warnings: [] });
    });
  }
});

describe("a setting that is wrong", () => {
  it("is named alone, without what follows from it", () => {
    const names = (config: Record<string, string>, platform: PlatformName) =>
      said(config, platform).errors.map((line) => line.split(" ")[0]);
    assert.deepEqual(names({ domain: "-", zoneName: "example.com" }, "aws"), ["one-server-web:domain"]);
    assert.deepEqual(names({ acmeEmail: "-" }, "aws"), ["one-server-web:acmeEmail"]);
    assert.deepEqual(names({ site: "nowhere", documentRoot: "web" }, "local"), ["one-server-web:site"]);
    assert.deepEqual(names({ platform: "azure", memory: "2048" }, "local"), ["one-server-web:platform"]);
  });
});

describe("the table of settings", () => {
  it("says of each what is allowed", () => {
    for (const name of settingNames) assert.ok(expected(entryOf(name)).length > 5, name);
  });

  it("gives each setting of a server a variable of its own", () => {
    const variables = settingNames.flatMap((name) => {
      const { server } = entryOf(name);
      return server === undefined ? [] : [server.name ?? variableName(name)];
    });
    assert.deepEqual(variables, [...new Set(variables)]);
    for (const variable of variables) assert.match(variable, /^[A-Z][A-Z0-9_]*$/);
  });
});

describe("a condition on other settings", () => {
  const known = { platform: "aws", repository: "sftp:host:/", command: undefined };
  const cases = [
    [{ platform: ["ssh", "aws"] }, true, "platform ssh or aws"],
    [{ platform: ["ssh"] }, false, "platform ssh"],
    [{ repository: true }, true, "repository set"],
    [{ command: true }, false, "command set"],
    [{ repository: /^sftp:/ }, true, "repository sftp:"],
    [{ command: /^sftp:/ }, false, "command sftp:"],
    [{ platform: ["aws"], command: true }, false, "platform aws and command set"],
    [{}, true, ""],
  ] as const;
  for (const [condition, expectation, text] of cases) {
    it(`${expectation ? "holds" : "does not hold"}: ${text || "none"}`, () => {
      assert.equal(holds(condition, known), expectation);
      assert.equal(conditionText(condition), text);
    });
  }
});

describe("a value's text on a server", () => {
  for (const [value, text] of [
    [undefined, ""],
    ["x", "x"],
    [5, "5"],
    [true, "yes"],
    [false, "no"],
    [["a", "b"], "a b"],
    [[], ""],
  ] as const) {
    it(`is ${JSON.stringify(text)} for ${JSON.stringify(value)}`, () =>
      assert.equal(variableText(value), text));
  }

  it("has to be written for objects", () => {
    assert.throws(() => variableText({ a: 1 }), /needs a format of its own/);
  });

  it("has the setting's name in capitals", () => {
    assert.equal(variableName("keepReleases"), "KEEP_RELEASES");
    assert.equal(variableName("http3"), "HTTP3");
  });
});
