/**
 * The `command` plugin: commands here and on machines reached over SSH, and copies to them, with the meaning that
 * version 1.2.1 of the vendor's plugin gives to them. It is installed where that one cannot be downloaded.
 */
import { serveProvider } from "../providerServer";
import { COMMAND_VERSION } from "../versions";
import { copyToRemote } from "./copyToRemote";
import { localCommand } from "./localCommand";
import { remoteCommand } from "./remoteCommand";

void serveProvider({
  name: "command",
  version: COMMAND_VERSION,
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
});
