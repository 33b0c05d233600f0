import type { Machine, Millis } from "../core/machine.ts";
import { concludeFinding } from "./path-conclusion.ts";
import { isCrowded, isEvicting } from "./path-crowd.ts";
import type { ProbeRole, SearchEffect, SearchEvent } from "./path-events.ts";
import { PathEvidence, type SilenceTest } from "./path-evidence.ts";
import type { FlowSeen, PathVerdict, ServerReport } from "./path-finding.ts";
import { dueOf, grownUpAt, PathFlows, type SearchFlow } from "./path-flows.ts";
import {
  ENOUGH_DEAD,
  ENOUGH_UNASKED,
  FURTHER_CONTROLS,
  MOST_AGAIN,
  MOST_ROUNDS,
  OTHER_ROLES,
  SPREAD_PRECISIONS,
  momentMs,
  refusalMs,
  spreadMs,
} from "./path-limits.ts";
import { between, layOut, type SearchLayout, type SearchSettings } from "./path-rungs.ts";

/*
 * first: rungs are tried, a second wave of silent flows grows up meanwhile -> refining: silences inside the bracket, by
 * the second wave or by flows opened anew, as often as it takes -> sides: what both ends see of an expired flow, and what
 * kept others alive -> over.
 *
 * A silence that was not borne is believed once another flow that was silent as long is dead, too: the witness for it,
 * called control, is the youngest there is. If it lives, the other was lost by chance, or the path evicts.
 * Where no silence is borne, or flows died just when others were opened, first or refining leads to alone: one silence
 * with no other flow there.
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
  /** When flows were opened, of each of them. */
  readonly #openings: Millis[] = [];
  /** Flows of the second wave; absent before it is opened, or when it has been used. */
  #second: readonly SearchFlow[] | undefined;
  #secondOpened = false;
  /** A flow that is asked before its time, whether another's death is to be believed. */
  #control: SearchFlow | undefined;
  /** Up to this silence deaths are believed. */
  #believedMs: Millis = -Infinity;
  #furtherCount = 0;
  /** Silences of flows that ended before they were tried; they are tried again if that was no time-out. */
  #owed: Millis[] = [];
  #againCount = 0;
  /** Until then others may end, too, as one has. */
  #settlesAt: Millis | undefined;
  /** Flows in a row for which the server could not be asked. */
  #unaskedCount = 0;
  #failedCount = 0;
  #verdict: PathVerdict = "longer";
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
        return this.#failed(flow, now);
      case "spoken":
        flow.spokenAt ??= now;
        this.#unaskedCount = 0;
        return [];
      case "unasked":
        return this.#unasked(flow, now);
      case "ended":
        return this.#ended(flow, event.how, now);
      case "inspected":
        return this.#inspecting ? this.#conclude(now, event.report) : [];
    }
  }

  nextDeadline(): Millis | undefined {
    if (this.#phase === "over" || this.#phase === "idle") return undefined;
    if (this.#phase === "sides") return this.#inspecting ? undefined : this.#sides?.at;
    const deadlines = this.#flows.all.map((flow) => dueOf(flow, this.#settings.graceMs)?.at);
    deadlines.push(this.#settlesAt, this.#secondAt);
    const known = deadlines.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  expire(now: Millis): readonly SearchEffect[] {
    if (this.#phase === "sides") return this.#inspect(now);
    const effects: SearchEffect[] = [];
    for (const flow of this.#flows.all) effects.push(...this.#expireFlow(flow, now));
    if (this.#secondAt !== undefined && now >= this.#secondAt) effects.push(...this.#openSecond(now));
    if (this.#settlesAt !== undefined && now >= this.#settlesAt) {
      this.#settlesAt = undefined;
      effects.push(...this.#goOn(now));
    }
    return effects;
  }

  #expireFlow(flow: SearchFlow, now: Millis): readonly SearchEffect[] {
    const due = this.#phase === "sides" || this.#phase === "over" ? undefined : dueOf(flow, this.#settings.graceMs);
    if (due === undefined || due.at > now || this.#flows.get(flow.id) === undefined) return [];
    switch (due.kind) {
      case "speak":
        return [this.#speak(flow, now)];
      case "dead":
        return [
          ...this.#judge(flow, { borne: false, told: false, silenceMs: due.silenceMs, openedAt: due.openedAt }, now),
          ...this.#goOn(now),
        ];
      case "unopened":
        return [{ kind: "close", id: flow.id }, ...this.#failed(flow, now)];
    }
  }

  #start(now: Millis): readonly SearchEffect[] {
    if (this.#phase !== "idle") return [];
    this.#phase = "first";
    this.#startedAt = now;
    const others: readonly ProbeRole[] = this.#settings.preset ? [] : OTHER_ROLES;
    return [
      ...this.#layout.rungs.map((rung) => this.#open("silent", rung, now)),
      ...others.map((role) => this.#open(role, undefined, now)),
    ];
  }

  /** When the second wave is to be opened. */
  get #secondAt(): Millis | undefined {
    const { secondWave, secondAfterMs } = this.#layout;
    if (this.#phase !== "first" || this.#secondOpened || secondWave === 0) return undefined;
    return this.#startedAt + secondAfterMs;
  }

  #openSecond(now: Millis): readonly SearchEffect[] {
    this.#secondOpened = true;
    const effects = Array.from({ length: this.#layout.secondWave }, () => this.#open("silent", undefined, now));
    this.#second = this.#flows.all.slice(-this.#layout.secondWave);
    return effects;
  }

  #open(role: ProbeRole, wantedMs: Millis | undefined, now: Millis): SearchEffect {
    const silenceMs = this.#settings.preset && wantedMs !== undefined ? Math.ceil(wantedMs / 1000) * 1000 : wantedMs;
    const { id } = this.#flows.add(role, silenceMs, now);
    this.#openings.push(now);
    return { kind: "open", id, role, silenceMs };
  }

  #speak(flow: SearchFlow, now: Millis): SearchEffect {
    flow.spokeAt = now;
    return { kind: "speak", id: flow.id };
  }

  #failed(flow: SearchFlow, now: Millis): readonly SearchEffect[] {
    if (flow.role === "silent") this.#failedCount += 1;
    flow.endedMs = 0;
    return this.#setAside(flow, now);
  }

  #unasked(flow: SearchFlow, now: Millis): readonly SearchEffect[] {
    this.#unaskedCount += 1;
    return flow.judged ? [] : this.#setAside(flow, now);
  }

  /** Nothing is to be learnt of it. */
  #setAside(flow: SearchFlow, now: Millis): readonly SearchEffect[] {
    flow.judged = true;
    flow.openedAt = undefined;
    if (flow === this.#control) this.#control = undefined;
    return this.#goOn(now);
  }

  #ended(flow: SearchFlow, how: FlowSeen, now: Millis): readonly SearchEffect[] {
    const { openedAt, role, judged, dueMs = 0 } = flow;
    if (flow.endedMs !== undefined || openedAt === undefined) return [];
    const ageMs = now - openedAt;
    if (typeof how === "object" && ageMs < refusalMs(this.#settings)) return this.#failed(flow, now);
    flow.seen = how;
    flow.endedMs = ageMs;
    if (role !== "silent" || this.#phase === "sides" || judged) return [];
    const borne = how === "answered";
    if (!borne) {
      this.#settlesAt = Math.min(this.#settlesAt ?? Infinity, now + this.#settings.graceMs);
      if (dueMs > ageMs) this.#owed.push(dueMs);
    }
    const silenceMs = borne ? (flow.spokeAt ?? now) - openedAt : ageMs;
    return [...this.#judge(flow, { borne, told: !borne, silenceMs, openedAt }, now), ...this.#goOn(now)];
  }

  #judge(flow: SearchFlow, test: Omit<SilenceTest, "order" | "knownAt">, now: Millis): readonly SearchEffect[] {
    const { borne, silenceMs } = test;
    flow.judged = true;
    if (!borne) flow.deadAfterMs = silenceMs;
    if (this.#phase === "alone") {
      this.#verdict = borne ? "evicts" : this.#evidence.threshold.aliveMs > 0 ? "idle-timeout" : "shorter";
      return [];
    }
    this.#evidence.add({ ...test, order: flow.id, knownAt: now });
    if (flow === this.#control) this.#controlled(borne, silenceMs, now);
    return [{ kind: "found", ...this.#evidence.threshold }];
  }

  /** The next one is asked a while after one that lived, so that not all are used up at once. */
  #controlled(borne: boolean, silenceMs: Millis, now: Millis): void {
    this.#control = undefined;
    if (borne) this.#settlesAt ??= now + this.#settings.graceMs;
    else this.#believedMs = silenceMs;
  }

  #goOn(now: Millis): readonly SearchEffect[] {
    if (this.#phase === "alone") {
      if (this.#unaskedCount > 0) this.#verdict = "outage";
      return this.#verdict === "idle-timeout" ? this.#lookAtSides(now) : this.#conclude(now, undefined);
    }
    return this.#phase === "first" || this.#phase === "refining" ? this.#search(now) : [];
  }

  #search(now: Millis): readonly SearchEffect[] {
    if (this.#unaskedCount >= ENOUGH_UNASKED) return this.#concludeAs("outage", now);
    if (isEvicting(this.#evidence.tests, this.#openings, momentMs(this.#settings)))
      return this.#concludeAs("evicts", now);
    if (this.#settlesAt !== undefined || this.#control !== undefined) return [];
    const { aliveMs, deadMs } = this.#evidence.threshold;
    if (deadMs === undefined) return this.#searchLonger(aliveMs, now);
    const control = this.#controlOf(deadMs, now);
    if (control !== undefined) return [this.#askControl(control, now)];
    if (aliveMs === 0 && this.#evidence.deadCount < ENOUGH_DEAD && this.#flows.isPendingBetween(0, Infinity)) return [];
    if (this.#evidence.isTold(deadMs)) return this.#beTold(deadMs, now);
    if (this.#flows.isPendingBetween(aliveMs, deadMs + spreadMs(this.#settings))) return [];
    return aliveMs === 0 ? this.#goAlone(now) : this.#narrow(aliveMs, deadMs, now);
  }

  /**
   * The path told the time-out; where it told of one flow only, and of none that was silent as long, some more are
   * asked, or the second wave is waited for if none is left; Pings can't be asked, and are waited for.
   */
  #beTold(deadMs: Millis, now: Millis): readonly SearchEffect[] {
    const isAlone = this.#evidence.toldCountNear(deadMs, this.#settings.precisionMs) < 2;
    const control = isAlone ? this.#furtherControlOf(deadMs, now) : undefined;
    if (control !== undefined) return [this.#askControl(control, now)];
    if (isAlone && this.#settings.preset && this.#flows.isPendingBetween(deadMs, Infinity)) return [];
    const grownAt = grownUpAt(this.#second ?? [], deadMs) + this.#settings.graceMs;
    if (isAlone && now < grownAt) {
      this.#settlesAt = grownAt;
      return [];
    }
    if (this.#bracket.contradicted) return this.#concludeAs("inconsistent", now);
    const crowded = isCrowded(this.#evidence.tests, deadMs, this.#openings, momentMs(this.#settings));
    return crowded ? this.#goAlone(now) : this.#lookAtSides(now);
  }

  /** No time-out is known: what was lost is tried again, and what is left is waited for. */
  #searchLonger(aliveMs: Millis, now: Millis): readonly SearchEffect[] {
    const again = this.#owed.filter((dueMs) => dueMs > aliveMs).slice(0, MOST_AGAIN - this.#againCount);
    this.#againCount += again.length;
    this.#owed = [];
    const opened = again.map((dueMs) => this.#open("silent", dueMs, now));
    if (this.#flows.isPendingBetween(aliveMs, Infinity)) return opened;
    if (this.#unaskedCount > 0) return this.#concludeAs("outage", now);
    return this.#concludeAs(this.#bracket.contradicted ? "inconsistent" : "longer", now);
  }

  /** The flow that can confirm that a silence is not borne, while that is in doubt. */
  #controlOf(deadMs: Millis, now: Millis): SearchFlow | undefined {
    if (this.#settings.preset || this.#believedMs >= deadMs) return undefined;
    return this.#flows.youngestSilentFor(deadMs, now);
  }

  /** Where results vary it takes some more, lest flows of one kind among others that live on are taken for all of them. */
  #furtherControlOf(deadMs: Millis, now: Millis): SearchFlow | undefined {
    if (this.#settings.preset || this.#furtherCount >= FURTHER_CONTROLS) return undefined;
    this.#furtherCount += 1;
    return this.#flows.youngestSilentFor(deadMs, now);
  }

  #askControl(control: SearchFlow, now: Millis): SearchEffect {
    if (control.dueMs !== undefined) this.#owed.push(control.dueMs);
    control.dueMs = 0;
    this.#control = control;
    return this.#speak(control, now);
  }

  get #bracket() {
    const { precisionMs } = this.#settings;
    return this.#evidence.bracket(SPREAD_PRECISIONS * precisionMs, precisionMs);
  }

  #narrow(aliveMs: Millis, deadMs: Millis, now: Millis): readonly SearchEffect[] {
    const { contradicted, varies } = this.#bracket;
    if (contradicted) return this.#concludeAs("inconsistent", now);
    const isNarrow = deadMs - aliveMs <= this.#settings.precisionMs * 1.001;
    const control = isNarrow && varies ? this.#furtherControlOf(deadMs, now) : undefined;
    if (control !== undefined) return [this.#askControl(control, now)];
    return isNarrow || this.#rounds >= MOST_ROUNDS ? this.#lookAtSides(now) : this.#refine(aliveMs, deadMs, now);
  }

  /**
   * By flows that are silent already, if they are young enough to tell all of it; by new ones otherwise. The first of
   * those that are is asked at once: it is younger than what was borne, so it lives unless everything has ended.
   */
  #refine(aliveMs: Millis, deadMs: Millis, now: Millis): readonly SearchEffect[] {
    this.#phase = "refining";
    this.#rounds += 1;
    const { precisionMs, flowCount, preset } = this.#settings;
    const ready = (this.#second ?? []).filter(({ openedAt, judged }) => openedAt !== undefined && !judged);
    const [youth] = ready;
    this.#second = undefined;
    const ageMs = now - (youth?.openedAt ?? -Infinity);
    if (youth !== undefined && ageMs < deadMs - precisionMs) {
      const silences = between(Math.max(aliveMs, ageMs), deadMs, precisionMs, ready.length - 2);
      const all = [ageMs, ...silences, deadMs];
      for (const [index, flow] of ready.entries()) flow.dueMs = all[index];
      return [this.#speak(youth, now)];
    }
    const closing = preset ? [] : this.#closeAll(({ role, judged }) => role === "silent" && judged);
    const silences = between(aliveMs, deadMs, precisionMs, flowCount - 1);
    return [...closing, ...[...silences, deadMs].map((silence) => this.#open("silent", silence, now))];
  }

  #goAlone(now: Millis): readonly SearchEffect[] {
    const closing = this.#closeAll(() => true);
    this.#phase = "alone";
    this.#settlesAt = undefined;
    return [...closing, this.#open("silent", this.#evidence.longestDeadMs, now)];
  }

  /** All but two that expired: of what is believed now, and of the longest silence, which may be believed later. */
  #closeAll(which: (flow: SearchFlow) => boolean): readonly SearchEffect[] {
    const kept = new Set([this.#witness, this.#flows.firstDeadAfter(this.#evidence.longestDeadMs)]);
    return this.#flows.take((flow) => which(flow) && !kept.has(flow)).map(({ id }) => ({ kind: "close", id }));
  }

  /** The first flow that died of what is believed, for what its ends see. */
  get #witness(): SearchFlow | undefined {
    const { deadMs } = this.#evidence.threshold;
    return deadMs === undefined ? undefined : this.#flows.firstDeadAfter(deadMs);
  }

  /** The server speaks on flows that were kept alive, and on one that expired; the device speaks on another one. */
  #lookAtSides(now: Millis): readonly SearchEffect[] {
    this.#verdict = "idle-timeout";
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

  #inspect(now: Millis): readonly SearchEffect[] {
    if (this.#sides === undefined || this.#inspecting || now < this.#sides.at) return [];
    this.#inspecting = true;
    return [{ kind: "inspect", id: this.#sides.witness.id }];
  }

  #concludeAs(verdict: PathVerdict, now: Millis): readonly SearchEffect[] {
    this.#verdict = verdict;
    return this.#conclude(now, undefined);
  }

  #conclude(now: Millis, report: ServerReport | undefined): readonly SearchEffect[] {
    this.#phase = "over";
    const finding = concludeFinding({
      verdict: this.#verdict,
      evidence: this.#evidence,
      bracket: this.#bracket,
      flows: this.#flows,
      witness: this.#witness,
      report,
      isServerGone: this.#unaskedCount > 0,
      failedCount: this.#failedCount,
      tookMs: now - this.#startedAt,
      settings: this.#settings,
    });
    return [...this.#closeAll(() => true), { kind: "concluded", finding }];
  }
}
