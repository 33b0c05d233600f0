import type { z } from "zod";
import type { Listener } from "../emulator.ts";
import { type Call, operation, type Operation, type OperationDefinition } from "./operation.ts";
import { notFound } from "./refusals.ts";

/** What an operation on one listener is made of. */
interface ListenerOperationDefinition<
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> extends Omit<OperationDefinition<Path, Query, Body>, "answer"> {
  answer(call: Call<Path, z.output<Query>, z.output<Body>>, listener: Listener): Response | Promise<Response>;
}

/** Makes an operation on the listener that its path names; where there is none it answers so. */
export function listenerOperation<
  const Path extends `/listeners/{name}${string}`,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType<undefined>,
>(definition: ListenerOperationDefinition<Path, Query, Body>): Operation {
  const { problems = [], ...described } = definition;
  return operation<Path, Query, Body>({
    ...described,
    problems: [404, ...problems],
    answer: (call) => {
      const { name = "" }: Readonly<Record<string, string>> = call.params;
      const listener = call.api.subject.emulator.listener(name);
      return listener === undefined ? notFound("listener", name) : definition.answer(call, listener);
    },
  });
}
