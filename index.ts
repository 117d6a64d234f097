import { showErrorsPlainly } from "./components/errorText";
import { collectResources } from "./components/inventory";
import { choosePlatform } from "./components/platforms/choose";
import { Survey } from "./components/servers/survey";
import { readProgramSettings } from "./components/settings/program";
import { checkRung, Site } from "./components/site";
import { assess } from "./policy/assess";
import { costText, nextRungText } from "./policy/messages";
import { topology } from "./policy/topology";
import { upgradePathOutput } from "./policy/upgradePath";

/** Reads the settings, makes one site, and returns the stack's outputs. */
export = async () => {
  showErrorsPlainly();
  const settings = readProgramSettings(__dirname);
  const survey = new Survey();
  await checkRung(settings, survey);
  const resources = collectResources();
  const platform = choosePlatform(settings);
  const site = new Site(settings, platform, survey);
  const assessed = resources().then((views) => assess(topology(views)));
  return {
    url: site.url,
    publicIp: site.publicIp,
    ...(platform.dnsServer === undefined ? {} : { dnsServer: platform.dnsServer }),
    ...(site.caCertificate === undefined ? {} : { caCertificate: site.caCertificate }),
    servers: site.servers,
    release: site.release,
    ...platform.outputs,
    rung: settings.rung,
    ...(settings.platform === "aws"
      ? { monthlyCost: assessed.then(({ monthlyCost }) => costText(monthlyCost)) }
      : {}),
    nextRung: assessed.then(({ upgradePath }) => nextRungText(upgradePath)),
    upgradePath: assessed.then(({ upgradePath }) => upgradePathOutput(upgradePath)),
  };
};
