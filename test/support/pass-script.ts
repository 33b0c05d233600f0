import type { Socket } from "node:net";

/** What one end says at one point of a script. */
export interface Turn {
  /** Bytes of the other end that must have come before. */
  readonly afterBytes: number;
  /** Whether the other end's FIN must have come before. */
  readonly afterFin: boolean;
  /** Each is a write of its own, and so a TLS record of its own. */
  readonly pieces: readonly Buffer[];
  /** Whether this end says no more. */
  readonly ends: boolean;
}

/** What both ends of a connection say, and when. */
export interface Script {
  readonly device: readonly Turn[];
  readonly server: readonly Turn[];
}

/** Who says something in a script. */
export type Speaker = keyof Script;

/** What can be said of a turn beside its bytes. */
export interface Saying {
  /** Bytes of the other end that must have come before; default: all that it has said in the script so far. */
  readonly after?: number;
  /** Default false. */
  readonly afterFin?: boolean;
  /** Default false. */
  readonly ends?: boolean;
}

/** Writes a script turn by turn; texts are latin1. */
export class ScriptWriter {
  readonly #turns: Record<Speaker, Turn[]> = { device: [], server: [] };
  readonly #said: Record<Speaker, number> = { device: 0, server: 0 };
  readonly #split: (bytes: Buffer) => readonly Buffer[];

  /** @param split cuts what is said into pieces */
  constructor(split: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes]) {
    this.#split = split;
  }

  /** Bytes that this end has said so far. */
  said(by: Speaker): number {
    return this.#said[by];
  }

  say(by: Speaker, text: string, saying?: Saying): void {
    const bytes = Buffer.from(text, "latin1");
    this.sayPieces(by, bytes.length === 0 ? [] : this.#split(bytes), saying);
  }

  /** Says bytes that are cut already. */
  sayPieces(by: Speaker, pieces: readonly Buffer[], { after, afterFin = false, ends = false }: Saying = {}): void {
    const afterBytes = after ?? this.#said[by === "device" ? "server" : "device"];
    for (const piece of pieces) this.#said[by] += piece.length;
    this.#turns[by].push({ afterBytes, afterFin, pieces, ends });
  }

  get script(): Script {
    return this.#turns;
  }
}

/** What one end has heard of a script. */
export interface Heard {
  readonly bytes: Buffer;
  /** `fin`, or the code of the error that ended it, or what it still waited for when the other end's FIN came. */
  readonly end: string;
}

/** All bytes that an end says. */
export function allOf(turns: readonly Turn[]): Buffer {
  return Buffer.concat(turns.flatMap((turn) => turn.pieces));
}

/** Plays one end of a script on a connection that is half-open capable; resolves when it has closed. */
export async function playTurns(socket: Socket, turns: readonly Turn[]): Promise<Heard> {
  const player = new Player(socket, turns);
  await new Promise((resolve) => socket.once("close", resolve));
  return player.heard;
}

class Player {
  readonly #socket: Socket;
  readonly #turns: Turn[];
  readonly #pieces: Buffer[] = [];
  #heardBytes = 0;
  #speaking = false;
  #finHeard = false;
  #end = "closed";

  constructor(socket: Socket, turns: readonly Turn[]) {
    this.#socket = socket;
    this.#turns = [...turns];
    socket.on("data", (bytes) => {
      this.#pieces.push(bytes);
      this.#heardBytes += bytes.length;
      this.#goOn();
    });
    socket.once("end", () => {
      this.#finHeard = true;
      this.#end = "fin";
      this.#goOn();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (this.#end = error.code ?? error.message));
    this.#goOn();
  }

  get heard(): Heard {
    return { bytes: Buffer.concat(this.#pieces), end: this.#end };
  }

  #goOn(): void {
    if (this.#speaking) return;
    const [turn] = this.#turns;
    if (turn === undefined) {
      if (this.#finHeard) this.#socket.end();
      return;
    }
    if (turn.afterBytes <= this.#heardBytes && (this.#finHeard || !turn.afterFin)) {
      this.#turns.shift();
      this.#speak(turn, 0);
    } else if (this.#finHeard) {
      this.#end = `FIN after ${this.#heardBytes} of ${turn.afterBytes} bytes`;
      this.#turns.length = 0;
      this.#socket.end();
    }
  }

  /** Writes piece by piece, each in a turn of the event loop of its own, so that the other end sees them apart. */
  #speak(turn: Turn, index: number): void {
    const piece = turn.pieces[index];
    this.#speaking = piece !== undefined;
    if (piece === undefined) {
      if (turn.ends) this.#socket.end();
      return this.#goOn();
    }
    this.#socket.write(piece);
    if (index + 1 < turn.pieces.length) setImmediate(() => this.#speak(turn, index + 1));
    else this.#speak(turn, index + 1);
  }
}
