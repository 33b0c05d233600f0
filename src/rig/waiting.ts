import { patience } from "../control/api/awaited.ts";

/** What is waited for. */
export interface Wanted<News, Value> {
  /** Gives what is waited for once it is there; what it throws ends the waiting too. */
  readonly look: (news: News) => Value | undefined;
  /** In real ms. */
  readonly timeoutMs: number;
  /** Says that it did not come, `within 20 ms` for instance. */
  readonly refusal: (when: string) => Error;
}

/** Those who wait for something among the news; none is forgotten when there are no more. */
export class Waiting<News> {
  readonly #waits = new Set<Wait<News>>();
  #ended = false;

  /** Resolves when it is there; rejects when the time is over, or when there is no more news. */
  wait<Value>({ look, timeoutMs, refusal }: Wanted<News, Value>): Promise<Value> {
    if (this.#ended) return Promise.reject(refusal(AT_THE_END));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        this.#waits.delete(wait);
      };
      const wait: Wait<News> = {
        tell: (news) => {
          const found = look(news);
          if (found === undefined) return;
          leave();
          resolve(found);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
        end: (when) => wait.refuse(refusal(when)),
      };
      const timer = setTimeout(() => wait.end(`within ${timeoutMs} ms`), patience(timeoutMs));
      this.#waits.add(wait);
    });
  }

  /** Has everyone look; whoever can't is told, and nobody else. */
  tell(news: News): void {
    for (const wait of this.#waits) {
      try {
        wait.tell(news);
      } catch (error) {
        wait.refuse(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** There is no more news: who still waits, or comes to wait, is told at once. */
  end(): void {
    this.#ended = true;
    for (const wait of this.#waits) wait.end(AT_THE_END);
  }
}

const AT_THE_END = "before the end of the rig";

interface Wait<News> {
  tell(news: News): void;
  refuse(error: Error): void;
  end(when: string): void;
}
