import assert from "node:assert/strict";
import { runWithSystemctl } from "../support/systemctl";

describe("a provisioning that is taken back", () => {
  it("leaves files and links as they were, with their owners and modes", () => {
    const { output, error } = runWithSystemctl(
      `
      echo before >changed; chmod 0640 changed; echo gone >removed; ln -s /one link; echo 'a%2Fb' >'per%cent'
      tree() { find . -path ./undo -prune -o \\( -type f -o -type l \\) -printf '%p %m %l\\n' | grep -v calls | sort; cat changed removed 'per%cent'; }
      tree >"$TMPDIR.first"
      begin_undo
      echo after | install_file r $folder/changed 0600 $me >/dev/null
      echo again | install_file r $folder/changed 0644 $me >/dev/null
      echo new | install_file r $folder/new/one 0644 $me >/dev/null
      echo x | install_file r "$folder/per%cent" 0644 $me >/dev/null
      remove_file r $folder/removed >/dev/null
      ensure_link r /two $folder/link >/dev/null
      take_back >/dev/null
      tree >"$TMPDIR.second"; diff "$TMPDIR.first" "$TMPDIR.second" && echo same; ls -d undo 2>/dev/null || echo nothing left
      rm -f "$TMPDIR.first" "$TMPDIR.second"`.replaceAll("$TMPDIR", "/tmp/$$-undo"),
    );
    assert.equal(output, "same\nnothing left\n", error);
  });

  it("is taken back by the next run when it was killed, at whatever point", () => {
    for (const point of ["f", "a", "mv", "take_back"]) {
      const { output, error } = runWithSystemctl(`
        echo before >one; echo before >two
        (begin_undo
        case ${point} in
          # Killed between the note and the change.
          f) remember_file $folder/one; exit ;;
          a) remember_file $folder/three; exit ;;
        esac
        echo after | install_file r $folder/one 0644 $me >/dev/null
        echo after | install_file r $folder/three 0644 $me >/dev/null
        echo after | install_file r $folder/two 0644 $me >/dev/null
        # Killed while it took itself back.
        [[ ${point} != take_back ]] || mv -fT undo/f:*one one)
        take_back >/dev/null; cat one two; ls three 2>/dev/null || echo none`);
      assert.equal(output, "before\nbefore\nnone\n", `${point}: ${error}`);
    }
  });

  it("is kept from the instant on that it ended well", () => {
    const { output } = runWithSystemctl(`
      echo before >one; begin_undo; echo after | install_file r $folder/one 0644 $me >/dev/null; end_undo
      take_back; cat one; ls -d undo* 2>/dev/null || true`);
    assert.equal(output, "after\n");
  });

  it("puts units back: those that ran run, those that did not are ended", () => {
    const { output, error } = runWithSystemctl(`
      unit old.service kept.service; : >loaded/new.service
      begin_undo
      disable_units old.service; stop_units old.service
      enable_units new.service; start_units new.service
      take_back >/dev/null; state old.service kept.service new.service`);
    assert.equal(
      output,
      "old.service active enabled\nkept.service active enabled\nnew.service inactive disabled\n",
      error,
    );
  });

  it("has a daemon that read its files read them again, in the same way", () => {
    const { output, error } = runWithSystemctl(`
      unit nginx.service mysql.service idle.service
      begin_undo
      WANTED_UNITS=(nginx.service mysql.service idle.service) RAN_BEFORE=([nginx.service]=yes [mysql.service]=yes)
      PENDING=([reload:nginx.service]=yes [restart:mysql.service]=yes)
      apply_changes >/dev/null; : >calls
      take_back >/dev/null; cat calls`);
    assert.match(error, /^$/);
    assert.deepEqual(
      output.split("\n").filter((line) => /^(reload|restart) /.test(line)),
      ["restart --quiet mysql.service", "reload --quiet nginx.service"],
    );
    assert.doesNotMatch(output, /idle/);
  });

  it("starts a daemon again that the refused settings ended", () => {
    const { output, error } = runWithSystemctl(`
      unit mysql.service; echo sound >conf
      begin_undo
      WANTED_UNITS=(mysql.service) RAN_BEFORE=([mysql.service]=yes)
      echo broken | install_file mysql $folder/conf 0644 $me restart:mysql >/dev/null
      echo mysql.service >broken
      (apply_changes >/dev/null) || echo "failed with $?"
      state mysql.service
      : >broken
      take_back >/dev/null; state mysql.service; cat conf`);
    assert.equal(
      output,
      "failed with 1\nmysql.service inactive enabled\nmysql.service active enabled\nsound\n",
      error,
    );
    assert.match(error, /^error: mysql\.service can't restart with its new settings: .*\n$/);
  });

  it("says so, and keeps its notes, when something can't be taken back", () => {
    const { code, output } = runWithSystemctl(`
      echo before >one; begin_undo; echo after | install_file r $folder/one 0644 $me >/dev/null
      rm one; mkdir -p one/full; take_back; echo "$?"`);
    assert.equal(code, 1);
    assert.match(output, /not everything could be taken back/);
  });
});

describe("an error while changes are noted", () => {
  it("ends the run before anything is changed that could not be taken back", () => {
    const { code, output, error } = runWithSystemctl(`
      echo before >one; begin_undo; rm -r undo; : >undo
      (echo after | install_file r $folder/one 0644 $me) || echo "failed with $?"
      cat one`);
    assert.equal(code, 0, error);
    assert.equal(output, "failed with 1\nbefore\n");
    assert.match(error, /one can't be kept for the case that this run fails: is the disk full\?/);
  });
});
