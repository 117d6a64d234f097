import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import { type Architecture, architectureOf } from "./instanceType";

/**
 * Canonical's public parameter that holds the image's id
 * (https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/).
 * @param serial `current` or a dated one such as `20261101`
 */
export function imageParameter(ubuntu: string, serial: string, architecture: Architecture): string {
  return `/aws/service/canonical/ubuntu/server/${ubuntu}/stable/${serial}/${architecture}/hvm/ebs-gp3/ami-id`;
}

/** The image a new server of that type starts from. */
export function findImage(
  { image, ubuntu }: AwsSettings,
  instanceType: string,
  options: pulumi.InvokeOptions,
): pulumi.Output<string> {
  if (image.startsWith("ami-")) return pulumi.output(image);
  const serial = image === "newest" ? "current" : image;
  const name = imageParameter(ubuntu, serial, architectureOf(instanceType));
  // Public parameters are no secrets; `value` would be marked as one.
  return ssm.getParameterOutput({ name }, options).insecureValue;
}

/** Whether a running server stays with the image it was made from. */
export function imageIsPinned({ image }: AwsSettings): boolean {
  return image === "current";
}
