import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";

/** A line of `apt-get update --print-uris`. */
function release(archive: string, suite: string, file = "none"): string {
  return `'${archive}/dists/${suite}/InRelease' ${file} 0`;
}

describe("the mirror that machines install from", () => {
  let lists: string;
  before(() => {
    lists = mkdtempSync(join(tmpdir(), "one-server-web-lists-"));
    writeFileSync(join(lists, "debian"), "Origin: Debian\nLabel: Debian\n");
    writeFileSync(join(lists, "other"), "Origin: Somebody\nLabel: Debian\n");
  });
  after(() => rmSync(lists, { recursive: true }));

  const debian = "http://mirror.example/debian";
  const security = release("http://mirror.example/debian-security", "bookworm-security");
  const rows: readonly (readonly [what: string, lines: readonly string[], mirror: string])[] = [
    ["before the first update, by its path", [security, release(debian, "bookworm")], debian],
    [
      "over https, below another folder",
      [release("https://m.example/pub/debian", "sid")],
      "https://m.example/pub/debian",
    ],
    [
      "by its origin, whatever its path",
      [release(debian, "x", "other"), release("http://m.example/d", "trixie", "debian")],
      "http://m.example/d",
    ],
    [
      "none, when there are only others",
      [security, release("http://apt.example", "bookworm"), release(debian, "bookworm", "other")],
      "",
    ],
    ["none of the updates alone", [release(debian, "bookworm-updates")], ""],
    [
      "none on a disc",
      [
        "'cdrom:[Debian]/dists/bookworm/InRelease' none 0",
        "'file:/srv/debian/dists/bookworm/InRelease' none 0",
      ],
      "",
    ],
    ["none without settings", [], ""],
  ];
  for (const [what, lines, mirror] of rows) {
    it(`is ${what}`, () => {
      const call = 'source "$1" && apt_lists=$2 && debian_archive';
      const script = join(projectFolder, "scripts/host/requirements.sh");
      const options = { input: lines.map((line) => `${line}\n`).join(""), encoding: "utf8" } as const;
      const ran = spawnSync("bash", ["-c", call, "-", script, lists], options);
      assert.equal(ran.stderr, "");
      assert.equal(ran.stdout, mirror);
    });
  }
});
