import type { Settings } from "../settings/settings";
import type { Platform } from "./platform";

/**
 * Makes the platform that the settings name. Each is loaded only when it is asked for:
 * the AWS SDK alone takes longer to load than the rest of the program.
 */
export async function choosePlatform(settings: Settings): Promise<Platform> {
  switch (settings.platform) {
    case "local": {
      const { LocalPlatform } = await import("./local/platform.js");
      return new LocalPlatform(settings.local);
    }
    case "ssh": {
      const { SshPlatform } = await import("./ssh/platform.js");
      return new SshPlatform(settings);
    }
    case "aws": {
      const { AwsPlatform } = await import("./aws/platform.js");
      return new AwsPlatform(settings);
    }
  }
}
