/** What the settings are read from. */
export interface SettingsSource {
  /** `project:key` → text, as Pulumi hands it over. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys among them that are encrypted in the stack's file. */
  readonly secretKeys: readonly string[];
  readonly project: string;
  readonly stack: string;
  /** The folder that relative paths start from. */
  readonly projectFolder: string;
}
