/** Lets tests wait for what sockets tell: a condition is asked again whenever something has changed. */
export class Changes {
  readonly #askers = new Set<() => void>();

  /** Something has changed. */
  tell(): void {
    for (const ask of this.#askers) ask();
  }

  /** Resolves once the condition holds; a test's own time limit ends a wait for what never comes. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const ask = (): void => {
        if (!holds()) return;
        this.#askers.delete(ask);
        resolve();
      };
      this.#askers.add(ask);
    });
  }
}
