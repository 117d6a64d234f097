/**
 * The `command` plugin: commands here and on machines reached over SSH, and copies to them, with the meaning that
 * version 1.2.1 of the vendor's plugin gives to them. It is installed where that one cannot be downloaded.
 */
import { serveProvider } from "../provider-server";
import { COMMAND_VERSION } from "../versions";
import { copyToRemote } from "./copy-to-remote";
import { localCommand } from "./local-command";
import { remoteCommand } from "./remote-command";

void serveProvider({
  name: "command",
  version: COMMAND_VERSION,
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
});
