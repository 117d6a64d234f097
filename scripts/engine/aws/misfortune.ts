/** Makes one thing fail, the first time that it is done: what AWS refuses now it may grant in a minute. */
export class Misfortune {
  private struck = false;

  /** @param event such as `create aws:ec2/eipAssociation:EipAssociation`; nothing fails when unset */
  constructor(private readonly event: string | undefined) {}

  /** @throws Error when this is what shall fail. */
  strike(action: "create" | "delete", token: string): void {
    if (this.struck || this.event !== `${action} ${token}`) return;
    this.struck = true;
    throw new Error("RequestLimitExceeded: Request limit exceeded. (wanted by AWS_PLUGIN_FAILURE)");
  }
}
