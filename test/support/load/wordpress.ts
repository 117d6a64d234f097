import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { exampleSite } from "../examples";
import type { ReleaseServer } from "./server";

/** Where the packages' files come from: the distribution's own, links to its libraries followed. */
const fetch = `
set -e
rm -rf /tmp/wordpress && mkdir /tmp/wordpress && cd /tmp/wordpress
apt-get download wordpress wordpress-theme-twentytwentyfive libphp-phpmailer php-getid3 libjs-cropper libjs-jquery-ui libjs-lodash libjs-underscore >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" tree; done
cd tree
# Debian's own settings file and its link to Apache's; the site brings its own.
rm -f usr/share/wordpress/wp-config.php usr/share/wordpress/.htaccess
cp -rL usr/share/wordpress /tmp/wordpress/public
tar -czf /tmp/wordpress.tar.gz -C /tmp/wordpress public
`;

/** Makes a site of the distribution's WordPress and the example's own files in a folder. */
export function makeWordPress(server: ReleaseServer, folder: string): void {
  server.on(fetch);
  const encoded = server.on("base64 /tmp/wordpress.tar.gz");
  const unpacked = spawnSync("tar", ["-xzf", "-", "-C", folder, "--no-same-owner"], {
    input: Buffer.from(encoded, "base64"),
  });
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr}`);
  cpSync(exampleSite("wordpress"), folder, { recursive: true });
}
