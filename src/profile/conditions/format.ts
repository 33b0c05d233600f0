/** How one kind of condition is written in a profile, beside its schema. */
export interface ConditionFormat<Settings> {
  /** The keys of its own, as a profile writes them. */
  write(settings: Settings): Readonly<Record<string, unknown>>;
  /** A few words for tables: `13m drop`. */
  describe(settings: Settings): string;
}
