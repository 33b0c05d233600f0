import type { Machine, Millis } from "../core/machine.ts";
import { PathEvidence } from "./path-evidence.ts";
import type { ProbeRole, SearchEffect, SearchEvent } from "./path-events.ts";
import type { FlowSeen, PathFinding, PathVerdict, ServerReport } from "./path-finding.ts";
import { PathFlows, type SearchFlow } from "./path-flows.ts";
import { between, layOut, type SearchLayout, type SearchSettings } from "./path-rungs.ts";
import { concludeSides, refreshing } from "./path-sides.ts";

/*
 * first: rungs are tried, a second wave of silent flows grows up meanwhile -> refining: silences inside the bracket, by
 * the second wave or by flows opened anew, as often as it takes -> sides: what both ends see of an expired flow, and what
 * kept others alive -> over. Contradictions lead from first or refining to alone: one silence with no other flow there.
 */
type Phase = "idle" | "first" | "refining" | "alone" | "sides" | "over";

/** Searches for the silence that ends a path's flows. */
export class PathSearch implements Machine<SearchEvent, SearchEffect> {
  readonly #settings: SearchSettings;
  readonly #layout: SearchLayout;
  readonly #evidence = new PathEvidence();
  readonly #flows = new PathFlows();
  #phase: Phase = "idle";
  #startedAt: Millis = 0;
  /** Flows of the second wave; absent before it is opened, or when it has been used. */
  #second: readonly SearchFlow[] | undefined;
  #secondOpened = false;
  /** A flow that died, for what its ends see. */
  #witness: SearchFlow | undefined;
  #verdict: PathVerdict = "longer";
  #toldMs: Millis | undefined;
  /** When what both ends saw is asked for, and of which flow. */
  #sides: { readonly at: Millis; readonly witness: SearchFlow } | undefined;
  #inspecting = false;
  #rounds = 0;

  constructor(settings: SearchSettings) {
    this.#settings = settings;
    this.#layout = layOut(settings);
  }

  handle(event: SearchEvent, now: Millis): readonly SearchEffect[] {
    if (this.#phase === "over") return [];
    if (event.kind === "start") return this.#start(now);
    const flow = this.#flows.get(event.id);
    if (flow === undefined) return [];
    switch (event.kind) {
      case "opened":
        flow.openedAt = now;
        return [];
      case "failed":
        flow.judged = true;
        flow.endedMs = 0;
        return this.#goOn(now);
      case "spoken":
        flow.spokenAt ??= now;
        return [];
      case "ended":
        return this.#ended(flow, event.how, now);
      case "inspected":
        return this.#inspecting ? this.#conclude(now, event.report) : [];
    }
  }

  nextDeadline(): Millis | undefined {
    if (this.#phase === "over" || this.#phase === "idle") return undefined;
    const deadlines = this.#flows.all.map((flow) => this.#deadlineOf(flow)?.at);
    if (this.#phase === "first" && !this.#secondOpened && this.#layout.secondWave > 0)
      deadlines.push(this.#startedAt + this.#layout.secondAfterMs);
    if (!this.#inspecting) deadlines.push(this.#sides?.at);
    const known = deadlines.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  expire(now: Millis): readonly SearchEffect[] {
    const effects: SearchEffect[] = [];
    for (const flow of this.#flows.all) {
      const deadline = this.#deadlineOf(flow);
      if (deadline === undefined || deadline.at > now) continue;
      if (flow.spokeAt === undefined) effects.push(this.#speak(flow, now));
      else effects.push(...this.#judge(flow, false, deadline.silenceMs), ...this.#goOn(now));
    }
    const { secondWave, secondAfterMs } = this.#layout;
    if (this.#phase === "first" && !this.#secondOpened && secondWave > 0 && now >= this.#startedAt + secondAfterMs)
      effects.push(...this.#openSecond());
    if (this.#sides !== undefined && !this.#inspecting && now >= this.#sides.at) {
      this.#inspecting = true;
      effects.push({ kind: "inspect", id: this.#sides.witness.id });
    }
    return effects;
  }

  #start(now: Millis): readonly SearchEffect[] {
    if (this.#phase !== "idle") return [];
    this.#phase = "first";
    this.#startedAt = now;
    const others: readonly ProbeRole[] = this.#settings.preset ? [] : ["mute", "toServer", "toDevice", "keepalive"];
    return [
      ...this.#layout.rungs.map((rung) => this.#open("silent", rung)),
      ...others.map((role) => this.#open(role, undefined)),
    ];
  }

  #openSecond(): readonly SearchEffect[] {
    this.#secondOpened = true;
    const effects = Array.from({ length: this.#layout.secondWave }, () => this.#open("silent", undefined));
    this.#second = this.#flows.all.slice(-this.#layout.secondWave);
    return effects;
  }

  #open(role: ProbeRole, wantedMs: Millis | undefined): Extract<SearchEffect, { kind: "open" }> {
    const silenceMs = this.#settings.preset && wantedMs !== undefined ? Math.ceil(wantedMs / 1000) * 1000 : wantedMs;
    const { id } = this.#flows.add(role, silenceMs);
    return { kind: "open", id, role, silenceMs };
  }

  /**
   * When the server is to speak on a flow, or when it is given up that did, and the silence that it then did not bear;
   * nothing of a flow that has nothing to tell.
   */
  #deadlineOf({ judged, openedAt, dueMs, spokeAt, spokenAt }: SearchFlow) {
    if (judged || openedAt === undefined || dueMs === undefined || this.#phase === "sides") return undefined;
    if (spokeAt === undefined) return { at: openedAt + dueMs, silenceMs: dueMs };
    if (spokenAt === undefined) return undefined;
    return { at: spokenAt + this.#settings.graceMs, silenceMs: spokenAt - openedAt };
  }

  #speak(flow: SearchFlow, now: Millis): SearchEffect {
    flow.spokeAt = now;
    return { kind: "speak", id: flow.id };
  }

  #ended(flow: SearchFlow, how: FlowSeen, now: Millis): readonly SearchEffect[] {
    if (flow.endedMs !== undefined || flow.openedAt === undefined) return [];
    flow.seen = how;
    flow.endedMs = now - flow.openedAt;
    if (flow.role !== "silent" || this.#phase === "sides" || flow.judged) return [];
    if (how === "answered")
      return [...this.#judge(flow, true, (flow.spokeAt ?? now) - flow.openedAt), ...this.#goOn(now)];
    this.#toldMs = Math.min(this.#toldMs ?? Infinity, flow.endedMs);
    return [...this.#judge(flow, false, flow.endedMs), ...this.#goOn(now)];
  }

  #judge(flow: SearchFlow, borne: boolean, silenceMs: Millis): readonly SearchEffect[] {
    flow.judged = true;
    if (!borne && this.#phase !== "alone") this.#witness ??= flow;
    if (this.#phase === "alone") {
      this.#verdict = this.#verdictOf(borne);
      return [];
    }
    this.#evidence.add({ silenceMs, borne, order: flow.id });
    const { aliveMs, deadMs } = this.#evidence.extremes;
    return [{ kind: "found", aliveMs, deadMs }];
  }

  /** What a flow without others at its side adds to results that are in doubt. */
  #verdictOf(borne: boolean): PathVerdict {
    if (borne && this.#evidence.oldestDied) return "evicts";
    if (borne || this.#evidence.contradictory) return "inconsistent";
    return this.#evidence.extremes.aliveMs > 0 ? "idle-timeout" : "shorter";
  }

  #goOn(now: Millis): readonly SearchEffect[] {
    if (this.#phase === "alone") return this.#conclude(now, undefined);
    return this.#phase === "first" || this.#phase === "refining" ? this.#search(now) : [];
  }

  #search(now: Millis): readonly SearchEffect[] {
    const { aliveMs, deadMs } = this.#evidence.extremes;
    if (this.#evidence.contradictory) return this.#goAlone(deadMs);
    const toldMs = this.#toldMs;
    if (toldMs !== undefined && this.#isTold(toldMs, aliveMs))
      return this.#isCrowded(toldMs) ? this.#goAlone(deadMs) : this.#lookAtSides(now, "idle-timeout");
    const isPending = this.#flows.isPendingBetween(aliveMs, deadMs ?? Infinity);
    if (deadMs === undefined) return isPending ? [] : this.#conclude(now, undefined);
    if (aliveMs === 0) return this.#evidence.deadCount < ENOUGH_DEAD && this.#hasPending ? [] : this.#goAlone(deadMs);
    if (isPending) return [];
    const isNarrow = deadMs - aliveMs <= this.#settings.precisionMs * 1.001;
    if (isNarrow || this.#rounds >= MOST_ROUNDS) return this.#lookAtSides(now, "idle-timeout");
    return this.#refine(aliveMs, deadMs, now);
  }

  /** Whether the path told the instant, of more than one flow where no shorter silence was borne. */
  #isTold(toldMs: Millis, aliveMs: Millis): boolean {
    return aliveMs > 0 || (this.#evidence.deadCount >= ENOUGH_DEAD && toldMs > this.#settings.fromMs / 2);
  }

  /** Whether the first flow died just when the second wave was opened, so that it may have made room for that. */
  #isCrowded(toldMs: Millis): boolean {
    const { secondAfterMs } = this.#layout;
    const laterMs = toldMs - secondAfterMs;
    return this.#secondOpened && laterMs >= 0 && laterMs < this.#settings.graceMs / 2;
  }

  get #hasPending(): boolean {
    return this.#flows.isPendingBetween(0, Infinity);
  }

  /** By flows that are silent already, if they are young enough to tell all of it; by new ones otherwise. */
  #refine(aliveMs: Millis, deadMs: Millis, now: Millis): readonly SearchEffect[] {
    this.#phase = "refining";
    this.#rounds += 1;
    const { precisionMs, flowCount, preset } = this.#settings;
    const ready = (this.#second ?? []).filter(({ openedAt, judged }) => openedAt !== undefined && !judged);
    const oldest = ready[0];
    this.#second = undefined;
    if (oldest?.openedAt !== undefined && now - oldest.openedAt < deadMs - precisionMs) {
      const floorMs = Math.max(aliveMs, now - oldest.openedAt);
      const silences = between(floorMs, deadMs, precisionMs, ready.length - 2);
      const all = [...(floorMs > aliveMs ? [floorMs] : []), ...silences, deadMs];
      for (const [index, flow] of ready.entries()) flow.dueMs = all[index];
      return [];
    }
    const closing = preset ? [] : this.#closeAll(({ role, judged }) => role === "silent" && judged);
    const silences = between(aliveMs, deadMs, precisionMs, flowCount - 1);
    return [...closing, ...[...silences, deadMs].map((silence) => this.#open("silent", silence))];
  }

  #goAlone(silenceMs: Millis | undefined): readonly SearchEffect[] {
    const closing = this.#closeAll(() => true);
    this.#phase = "alone";
    this.#verdict = this.#evidence.contradictory ? "inconsistent" : "shorter";
    return [...closing, this.#open("silent", silenceMs)];
  }

  #closeAll(which: (flow: SearchFlow) => boolean): readonly SearchEffect[] {
    const gone = this.#flows.take((flow) => which(flow) && flow !== this.#witness);
    return gone.map(({ id }) => ({ kind: "close", id }));
  }

  /** The server speaks on flows that were kept alive, and on one that expired; the device speaks on another one. */
  #lookAtSides(now: Millis, verdict: PathVerdict): readonly SearchEffect[] {
    this.#verdict = verdict;
    const witness = this.#witness;
    if (witness === undefined || this.#settings.preset) return this.#conclude(now, undefined);
    this.#phase = "sides";
    this.#sides = { at: now + this.#settings.graceMs, witness };
    const living = this.#flows.open;
    const kept = living.filter(({ role }) => role !== "silent" && role !== "mute");
    const effects = kept.map((flow) => this.#speak(flow, now));
    if (witness.spokeAt === undefined) effects.push(this.#speak(witness, now));
    const mute = living.find(({ role }) => role === "mute");
    if (mute !== undefined) {
      mute.saidAt = now;
      effects.push({ kind: "say", id: mute.id });
    }
    return effects;
  }

  #conclude(now: Millis, report: ServerReport | undefined): readonly SearchEffect[] {
    this.#phase = "over";
    const { aliveMs, deadMs, agreement } = this.#evidence.bracket;
    const flows = this.#flows.all;
    const told = this.#toldMs !== undefined && this.#verdict === "idle-timeout";
    const keptBy = this.#verdict === "idle-timeout" ? refreshing(flows) : {};
    const finding: PathFinding = {
      verdict: keptBy.refreshedBy === "neither" ? "lifetime" : this.#verdict,
      aliveMs,
      ...(deadMs !== undefined && { deadMs }),
      told,
      agreement,
      testCount: this.#evidence.count,
      flowCount: this.#flows.mostOpen,
      tookMs: now - this.#startedAt,
      ...concludeSides(this.#witness, flows, report, this.#settings.precisionMs),
      ...keptBy,
    };
    return [...this.#closeAll(() => true), { kind: "concluded", finding }];
  }
}

/** After so many failures and nothing else it is asked whether the number of flows is to blame. */
const ENOUGH_DEAD = 4;

/** After so many rounds a bracket that is wider than asked is told as it is: the clock or the network is too coarse. */
const MOST_ROUNDS = 12;
