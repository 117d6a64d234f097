import assert from "node:assert/strict";
import { loginCommand } from "../../components/servers/login";
import { type RolloutServer, rollOut } from "../../scripts/cli/deployment/rollOut";

/** Servers that carry out all commands, but for those that fail, in the order in which commands begin. */
function fakes(names: readonly string[], failing: Readonly<Record<string, string>> = {}) {
  const said: string[] = [];
  const live = new Set<string>();
  const servers = names.map(
    (name): RolloutServer => ({
      name,
      files: `--archive ${name}.tar.gz`,
      release: async (args, input) => {
        // As it is sent.
        loginCommand(args);
        const [action = ""] = args.split(" ");
        said.push(`${name} ${action}${input === undefined ? "" : ` <${input}`}`);
        await Promise.resolve();
        const fault = failing[`${name} ${action}`];
        if (fault !== undefined) throw new Error(fault);
        if (action === "live") live.add(name);
        return action === "back" && live.delete(name)
          ? "[ 0.2 s] finish: release old is live, 0.2 s after the start"
          : "";
      },
    }),
  );
  return { servers, said, live };
}
const plan = { release: "95274b356bd9", settings: "X='1'", who: "ann@desk" };
const backs = ["c back", "b back", "a back"];

describe("a rollout over several servers", () => {
  it("prepares on all, migrates on the first, goes live on one after the other, and finishes on all", async () => {
    const { servers, said } = fakes(["a", "b", "c"]);
    await rollOut(servers, plan);
    assert.deepEqual(said, [
      ...["a prepare <X='1'", "b prepare <X='1'", "c prepare <X='1'"],
      "a migrate",
      ...["a live", "b live", "c live"],
      ...["a finish", "b finish", "c finish"],
    ]);
  });

  it("hands over files, settings and who asked", async () => {
    const args: string[] = [];
    const server = {
      name: "a",
      files: '--archive "$HOME/x" --digest y',
      release: async (all: string) => String(args.push(all)),
    };
    await rollOut([server], plan);
    assert.deepEqual(args, [
      'prepare 95274b356bd9 --who ann@desk --archive "$HOME/x" --digest y --settings',
      "migrate 95274b356bd9 --who ann@desk",
      "live 95274b356bd9 --who ann@desk",
      'finish 95274b356bd9 --who ann@desk --archive "$HOME/x" --digest y',
    ]);
  });

  it("migrates nothing for a release that is there already", async () => {
    const { servers, said } = fakes(["a", "b"]);
    await rollOut(
      servers.map((server) => ({ ...server, files: "" })),
      { release: plan.release, who: plan.who },
    );
    assert.deepEqual(said, ["a prepare", "b prepare", "a live", "b live", "a finish", "b finish"]);
  });

  const failures: readonly (readonly [failing: string, begun: readonly string[], says: RegExp])[] = [
    ["b prepare", [], /^b: out of order$/],
    ["a migrate", ["a migrate"], /^a: out of order$/],
    ["a live", ["a migrate", "a live"], /^a: out of order$/],
    ["b live", ["a migrate", "a live", "b live"], /^b: out of order\na serves old again$/],
    [
      "c live",
      ["a migrate", "a live", "b live", "c live"],
      /^c: out of order\nb serves old again\na serves old again$/,
    ],
  ];
  for (const [failing, begun, says] of failures) {
    it(`stops at the first failure and takes the release back everywhere: ${failing}`, async () => {
      const { servers, said, live } = fakes(["a", "b", "c"], { [failing]: "error: out of order" });
      await assert.rejects(
        rollOut(servers, plan),
        (error: Error) => says.test(error.message) || assert.fail(error.message),
      );
      assert.deepEqual(said.slice(3), [...begun, ...backs]);
      assert.deepEqual([...live], []);
    });
  }

  it("marks a new release as failed, and not one that was live before", async () => {
    for (const settings of ["X='1'", undefined]) {
      const args: string[] = [];
      const server = {
        ...{ name: "a", files: "" },
        release: async (all: string) => {
          args.push(all);
          if (all.startsWith("live")) throw new Error("out of order");
          return "";
        },
      };
      await assert.rejects(rollOut([server], { ...plan, settings }));
      assert.equal(/ --reason /.test(args.at(-1) ?? ""), settings !== undefined, args.join("\n"));
    }
  });

  it("names every server that could not prepare", async () => {
    const { servers } = fakes(["a", "b"], {
      "a prepare": "the disk is full",
      "b prepare": "the disk is full",
    });
    await assert.rejects(rollOut(servers, plan), /^UpdateFailed|a: the disk is full\nb: the disk is full/);
  });

  it("says which server it could not take the release back on, and goes on with the others", async () => {
    const { servers, said } = fakes(["a", "b", "c"], { "c live": "broken", "b back": "unreachable" });
    await assert.rejects(rollOut(servers, plan), /c: broken\na serves old again\nb: unreachable/);
    assert.deepEqual(said.slice(-3), backs);
  });

  it("stays live when only its end failed somewhere, and says so", async () => {
    const { servers, said, live } = fakes(["a", "b"], { "b finish": "the disk is full" });
    await assert.rejects(
      rollOut(servers, plan),
      /95274b356bd9 is live, but not finished everywhere:\nb: the disk is full/,
    );
    assert.deepEqual([...live], ["a", "b"]);
    assert.ok(!said.some((line) => line.endsWith("back")));
  });
});
