import { join } from "node:path";
import { runShell, type ShellResult } from "./shell";

/** An empty folder with a systemctl of its own (systemctl.sh), and functions to say what units there are and to show them. */
const stand = `
cd "$(mktemp -d)"; folder=$PWD; me=$(id -un):$(id -gn)
mkdir bin active enabled loaded run; : >calls; : >broken
ln -s '${join(__dirname, "systemctl.sh")}' bin/systemctl
export STAND=$folder PATH=$folder/bin:$PATH
ROLES='' SYSTEMD_RUNTIME=$folder/run UNDO=$folder/undo
unit() { local name; for name; do : >"loaded/$name"; : >"enabled/$name"; : >"active/$name"; done; }
state() {
  local name
  for name; do
    echo "$name $([[ -e active/$name ]] && echo active || echo inactive) $([[ -e enabled/$name ]] && echo enabled || echo disabled)"
  done
}
`;

/** Runs a piece of bash with the libraries of provisioning and a systemctl that changes files alone, in an empty folder. */
export function runWithSystemctl(
  script: string,
  libraries: readonly string[] = [],
  environment: Record<string, string> = {},
): ShellResult {
  const common = ["log", "settings", "systemd", "undo", "files", "services", "roles"];
  return runShell([...common.map((name) => `lib/${name}`), ...libraries], stand + script, environment);
}
