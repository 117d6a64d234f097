import { ReleaseRoot } from "../support/releaseRoot";

describe("static files of the release that comes and of the one that was", () => {
  let server: ReleaseRoot;
  beforeEach(() => {
    server = new ReleaseRoot();
    server.run("for name in old-one new-one; do store_contract $name \"DOCUMENT_ROOT='web'\"; done");
  });
  afterEach(() => server.remove());

  /** What the web server's file says is live, and the links there are after a piece of shell. */
  const links = (live: string, script: string, expected: readonly string[]) =>
    server.prints(
      `SCRIPTS=/none; systemctl() { :; }; systemd-run() { :; }; mkdir -p "$STATIC"; front_text lemp blue ${live} >"$(front_file lemp)"; ACTIVE_RELEASE=${live}
       ${script}
       for link in "$STATIC"/*; do [[ ! -L $link ]] || echo "\${link##*/} $(readlink "$link")"; done`,
      expected.map((line) => line.replace("@", `${server.folder}/srv/www/releases`)).join("\n"),
    );

  it("are those of a prepared release, under all names, on a server that has not switched", () => {
    links("old-one", "open_window new-one", ["after new-one", "new-one @/new-one/web", "rollout ."]);
  });

  it("are those of both while some servers have switched", () => {
    links("old-one", "open_window new-one; keep_before new-one", [
      "after new-one",
      "before old-one",
      "new-one @/new-one/web",
      "old-one @/old-one/web",
      "rollout .",
    ]);
  });

  it("are afterwards those of the previous release alone, under names with a content hash or ?v=", () => {
    links(
      "old-one",
      'open_window new-one; keep_before new-one; front_text lemp blue new-one >"$(front_file lemp)"; close_window',
      ["before old-one", "new-one @/new-one/web", "old-one @/old-one/web"],
    );
  });

  it("are none once the previous release's app server has ended, but for a rollout that is under way", () => {
    const switched =
      'open_window new-one; keep_before new-one; front_text lemp blue new-one >"$(front_file lemp)"';
    links("old-one", `${switched}; close_window; remove_before`, ["new-one @/new-one/web"]);
    links("old-one", `${switched}; remove_before; readlink "$STATIC/before"; close_window; remove_before`, [
      "old-one",
      "new-one @/new-one/web",
    ]);
  });

  it("are those of the previous release already while a server returns to it, for other servers send its pages", () => {
    const shown = 'go_live() { keep_before "$1"; readlink "$STATIC/after" "$STATIC/before"; }';
    links(
      "new-one",
      `${shown}; previous_release() { echo old-one; }; RELEASE=new-one; change_back; rm -r "$STATIC"`,
      ["old-one", "new-one"],
    );
  });

  it("are those of the release that serves on when the other one goes live nowhere", () => {
    links("old-one", "open_window new-one; close_window", []);
  });
});
