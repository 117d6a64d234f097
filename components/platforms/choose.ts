import type { Settings } from "../settings/settings";
import type { Platform } from "./platform";

/**
 * Makes the platform that the settings name. Each is loaded only when it is asked for: the AWS SDK alone takes longer to
 * load than the rest of the program. By `require`, for which tsx need not take over Node's loading of ECMAScript modules
 * as well: that would cost each run of the program a third of a second.
 */
export function choosePlatform(settings: Settings): Platform {
  switch (settings.platform) {
    case "local": {
      const { LocalPlatform } = require("./local/platform") as typeof import("./local/platform");
      return new LocalPlatform(settings.local);
    }
    case "ssh": {
      const { SshPlatform } = require("./ssh/platform") as typeof import("./ssh/platform");
      return new SshPlatform(settings);
    }
    case "aws": {
      const { AwsPlatform } = require("./aws/platform") as typeof import("./aws/platform");
      return new AwsPlatform(settings);
    }
  }
}
