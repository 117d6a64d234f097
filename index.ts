import { showErrorsPlainly } from "./components/errorText";
import { collectResources } from "./components/inventory";
import { choosePlatform } from "./components/platforms/choose";
import { readProgramSettings } from "./components/settings/program";
import { Site } from "./components/site";
import { assess } from "./policy/assess";
import { topology } from "./policy/topology";

/** Reads the settings, makes one site, and returns the stack's outputs. */
export = async () => {
  showErrorsPlainly();
  const settings = readProgramSettings(__dirname);
  const resources = collectResources();
  const platform = choosePlatform(settings);
  const site = new Site(settings, platform);
  const { monthlyCost, upgradePath } = assess(topology(resources()));
  return {
    url: site.url,
    publicIp: site.publicIp,
    ...(platform.dnsServer === undefined ? {} : { dnsServer: platform.dnsServer }),
    ...(site.caCertificate === undefined ? {} : { caCertificate: site.caCertificate }),
    servers: site.servers,
    release: site.release,
    ...platform.outputs,
    rung: settings.rung,
    ...(settings.platform === "aws" ? { monthlyCost } : {}),
    upgradePath,
  };
};
