import type { Admission } from "../platforms/platform";

/**
 * Visitors from anywhere.
 * @param http3 whether they may come by UDP too
 */
export function visitors(http3: boolean): Admission[] {
  const web = { from: "anyone", protocol: "tcp" } as const;
  return [
    {
      name: "http",
      description: "Visitors, who are redirected to HTTPS, and the certificate authority",
      ...web,
      port: 80,
    },
    { name: "https", description: "Visitors over HTTP/1.1 and HTTP/2", ...web, port: 443 },
    ...(http3
      ? [{ name: "http3", description: "Visitors over HTTP/3", ...web, protocol: "udp" as const, port: 443 }]
      : []),
  ];
}
