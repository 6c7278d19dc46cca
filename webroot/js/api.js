// The daemon's API. What it refuses is thrown as a Refusal with its problem document.
import { Signal } from "./signal.js";

/** The daemon does not know this browser (any more). */
export const sessionEnded = new Signal();

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer: the daemon is not there, or the network. */
export class Unreachable extends Error {
  constructor() {
    super("The daemon does not answer");
  }
}

async function send(method, path, body, headers) {
  const init = { method, headers: { Accept: "application/json", ...headers }, cache: "no-store" };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, init);
  } catch {
    throw new Unreachable();
  }
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return { detail: `The daemon answered ${answer.status}`, retryable: answer.status >= 500 };
  }
}

/** Makes a Refusal of an answer that is none of 200 to 299; a lost session is told to everybody. */
export async function refusalOf(answer) {
  if (answer.status === 401) {
    sessionEnded.tell();
  }
  return new Refusal(answer.status, await problemOf(answer));
}

async function call(method, path, body, headers) {
  const answer = await send(method, path, body, headers);
  if (!answer.ok) {
    throw await refusalOf(answer);
  }
  return answer;
}

async function json(method, path, body) {
  const answer = await call(method, path, body);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path) => json("GET", path);
export const post = (path, body) => json("POST", path, body);
export const put = (path, body) => json("PUT", path, body);
export const patch = (path, body) => json("PATCH", path, body);
export const remove = (path) => json("DELETE", path);

export const text = async (path) => (await call("GET", path, undefined, { Accept: "text/plain" })).text();

/** Messages of the journal that are there now, oldest first, the newest `most` of them. */
export async function journal(query, most) {
  const answer = await call("GET", `/v1/events?${new URLSearchParams(query)}`, undefined, { Accept: "application/x-ndjson" });
  const lines = (await answer.text()).split("\n").filter((line) => line !== "");
  return lines
    .map((line) => JSON.parse(line))
    .filter((message) => message.record === undefined)
    .slice(-most);
}

/** Where a domain's things are. */
export const domainPath = (uuid, ...rest) => ["/v1/domains", uuid, ...rest.map(encodeURIComponent)].join("/");
