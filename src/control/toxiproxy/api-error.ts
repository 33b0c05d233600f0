/**
 * What a request to the Toxiproxy API may be refused with.
 * Source of every text and status: Toxiproxy 2.12, `api.go`.
 */
export class ApiError extends Error {
  readonly status: ApiErrorStatus;

  constructor(status: ApiErrorStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Every status that an error of the API has. */
export type ApiErrorStatus = 400 | 404 | 409 | 500;

/** The body could not be read; `reason` is what was wrong with it. */
export function badRequestBody(reason: string): ApiError {
  return new ApiError(400, `bad request body: ${reason}`);
}

/** A field that must be there is missing or empty. */
export function missingField(name: string): ApiError {
  return new ApiError(400, `missing required field: ${name}`);
}

export function proxyNotFound(): ApiError {
  return new ApiError(404, "proxy not found");
}

export function proxyAlreadyExists(): ApiError {
  return new ApiError(409, "proxy already exists");
}

export function invalidStream(): ApiError {
  return new ApiError(400, "stream was invalid, can be either upstream or downstream");
}

export function invalidToxicType(): ApiError {
  return new ApiError(400, "invalid toxic type");
}

export function toxicAlreadyExists(): ApiError {
  return new ApiError(409, "toxic already exists");
}

export function toxicNotFound(): ApiError {
  return new ApiError(404, "toxic not found");
}
