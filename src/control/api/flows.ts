import { anyOf, quoted, suggestion } from "../../profile/words.ts";
import type { DeviceView, Emulator, FlowView } from "../emulator.ts";
import { done, json, operation, type Operation } from "./operation.ts";
import { pageOf } from "./page.ts";
import { notFound, refusedParameters } from "./refusals.ts";
import * as schemas from "./schemas.ts";

/** What can be asked of flows and devices. */
export const FLOW_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/flows",
    name: "listFlows",
    tag: "flows",
    summary: "Connections as they stand: hop timers, bytes, parked request",
    query: schemas.flowsQuery,
    answers: { 200: { means: "A page of flows", schema: schemas.flowsSchema } },
    answer: ({ api, query: { listener, device, limit, cursor } }) => {
      const { emulator } = api.subject;
      const flows = emulator.flows();
      const unknown = [unknownListener(listener, emulator, flows), unknownDevice(device, emulator, flows)];
      const faults = unknown.filter((fault) => fault !== undefined);
      if (faults.length > 0) return refusedParameters(faults);
      const asked = flows
        .filter((flow) => listener === undefined || flow.listener === listener)
        .filter((flow) => device === undefined || flow.device === device)
        .toSorted((left, right) => left.id - right.id);
      const from = cursor === undefined ? asked : asked.filter(({ id }) => id > Number(cursor));
      const { entries, next } = pageOf(from, limit);
      return json(schemas.flowsSchema, { flows: entries.map(shown), next: next?.id.toString() });
    },
  }),
  operation({
    method: "get",
    path: "/flows/{id}",
    name: "getFlow",
    tag: "flows",
    summary: "One flow",
    answers: { 200: { means: "The flow", schema: schemas.flowSchema } },
    problems: [404],
    answer: ({ api, params: { id } }) => {
      const flow = api.subject.emulator.flow(flowId(id));
      return flow === undefined ? notFound("flow", id) : json(schemas.flowSchema, shown(flow));
    },
  }),
  operation({
    method: "delete",
    path: "/flows/{id}",
    name: "endFlow",
    tag: "flows",
    summary: "End one flow, as a hop named operator would",
    query: schemas.endingQuery,
    answers: { 204: { means: "It has ended" } },
    problems: [404],
    answer: ({ api, params: { id }, query: { ending } }) =>
      api.subject.emulator.endFlow(flowId(id), ending) ? done() : notFound("flow", id),
  }),
  operation({
    method: "get",
    path: "/devices",
    name: "listDevices",
    tag: "devices",
    summary: "Devices and where their negotiation stands",
    query: schemas.devicesQuery,
    answers: { 200: { means: "A page of devices", schema: schemas.devicesSchema } },
    answer: ({ api, query: { limit, cursor } }) => {
      const all = api.subject.emulator.devices().toSorted((left, right) => (left.id < right.id ? -1 : 1));
      const from = cursor === undefined ? all : all.filter(({ id }) => id > cursor);
      const { entries, next } = pageOf(from, limit);
      return json(schemas.devicesSchema, { devices: entries.map(shownDevice), next: next?.id });
    },
  }),
  operation({
    method: "get",
    path: "/devices/{id}",
    name: "getDevice",
    tag: "devices",
    summary: "One device",
    answers: { 200: { means: "The device", schema: schemas.deviceSchema } },
    problems: [404],
    answer: ({ api, params: { id } }) => {
      const device = api.subject.emulator.devices().find((each) => each.id === id);
      return device === undefined ? notFound("device", id) : json(schemas.deviceSchema, shownDevice(device));
    },
  }),
  operation({
    method: "delete",
    path: "/devices/{id}/flows",
    name: "endDevice",
    tag: "devices",
    summary: "End every flow of a device, as a hop named operator would",
    query: schemas.endingQuery,
    answers: { 200: { means: "They have ended", schema: schemas.endedSchema } },
    problems: [404],
    answer: ({ api, params: { id }, query: { ending } }) => {
      const { emulator } = api.subject;
      if (!emulator.devices().some((each) => each.id === id)) return notFound("device", id);
      return json(schemas.endedSchema, { ended: emulator.endDevice(id, ending) });
    },
  }),
];

/** Why no flow can be of a listener; what a reload took away has some for a while. */
function unknownListener(name: string | undefined, emulator: Emulator, flows: readonly FlowView[]) {
  const names = emulator.listeners().map((listener) => listener.name);
  if (name === undefined || names.includes(name) || flows.some((flow) => flow.listener === name)) return undefined;
  const expected = anyOf(names) || "none, because nothing listens";
  return { parameter: "listener", detail: `found ${quoted(name)}, expected ${expected}${suggestion(name, names)}` };
}

/** Why no flow can be of a device: it has parked nothing so far. */
function unknownDevice(id: string | undefined, emulator: Emulator, flows: readonly FlowView[]) {
  const isKnown = flows.some(({ device }) => device === id) || emulator.devices().some((device) => device.id === id);
  if (id === undefined || isKnown) return undefined;
  return { parameter: "device", detail: `found ${quoted(id)}, expected one that has parked a request: see /devices` };
}

/** A number spelt in any other way than the API does is nobody's. */
function flowId(text: string): number {
  return /^\d+$/u.test(text) ? Number(text) : NaN;
}

function shownDevice(device: DeviceView) {
  return { ...device, negotiations: [...device.negotiations] };
}

function shown(flow: FlowView) {
  return { ...flow, hops: [...flow.hops] };
}
