import { type Properties, reveal } from "../values";
import { imageId } from "./world";

const letters = ["a", "b", "c", "d"];

/** The zones of a region. */
function zones(): string[] {
  const region = process.env.AWS_PLUGIN_REGION ?? "us-east-1";
  return letters.map((letter) => `${region}${letter}`);
}

/** Sizes that this account's region offers; the newest of Graviton stands for types that are not offered everywhere. */
function offered(instanceType: string): string[] {
  return instanceType.startsWith("m8g.") ? zones().slice(0, 2) : zones();
}

/** AWS's functions that the program asks, as they answer. */
export const functions: Readonly<Record<string, (args: Properties) => Properties>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    id: "zones",
    names: zones(),
    zoneIds: letters.map((_, index) => `use1-az${index + 1}`),
  }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (args) => {
    const filters = reveal(args.filters ?? []) as { name: string; values: string[] }[];
    const type = filters.find((filter) => filter.name === "instance-type")?.values[0] ?? "";
    const locations = offered(type);
    return { id: "offerings", instanceTypes: locations.map(() => type), locations, locationTypes: [] };
  },
  "aws:ssm/getParameter:getParameter": (args) => {
    const parameter = String(args.name);
    if (!/^\/aws\/service\/canonical\/ubuntu\/server\/\d\d\.04\/stable\/[\d.]+|current\//.test(parameter)) {
      throw new Error(`ParameterNotFound: ${parameter}`);
    }
    return { id: parameter, name: parameter, type: "String", insecureValue: imageId(parameter), version: 1 };
  },
  "aws:route53/getZone:getZone": (args) => ({
    id: "Z0LOOKEDUP",
    zoneId: "Z0LOOKEDUP",
    name: String(args.name),
    nameServers: ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"],
  }),
};
