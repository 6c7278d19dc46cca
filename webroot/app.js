// Shows the host and its domains, asked for anew every two seconds while the page is visible.
"use strict";

const REFRESH_MS = 2000;
const byId = (id) => document.getElementById(id);

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (answer.status === 401) {
    return null;
  }
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.detail);
  }
  return body;
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) {
    made.className = className;
  }
  return made;
}

function showHost(host) {
  byId("kind").textContent = host.simulated
    ? "Simulated host: no real Xen behind this page"
    : `Xen ${host.xenVersion}`;
  document.body.classList.toggle("simulated", host.simulated);
  const facts = [
    ["Xen", host.simulated ? `${host.xenVersion}, simulated` : host.xenVersion],
    ["CPUs", `${host.cpus}`],
    ["Memory", `${host.freeMemoryMib} of ${host.totalMemoryMib} MiB free`],
    ["Can run", [host.pv && "PV", host.hvm && "HVM and PVH"].filter(Boolean).join(", ") || "nothing"],
    ["xcsd", `${host.xcsVersion}, up ${Math.round(host.uptimeSeconds)} s`],
  ];
  byId("facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function row(domain) {
  const made = document.createElement("tr");
  made.append(
    element("td", domain.name),
    element("td", domain.domid < 0 ? "" : domain.domid),
    element("td", domain.state, `state ${domain.state}`),
    element("td", domain.type),
    element("td", domain.memoryMib, "number"),
    element("td", domain.vcpus, "number"),
    element("td", domain.cpuSeconds.toFixed(1), "number"),
    element("td", domain.managed ? "xcs" : "others"),
    element("td", domain.uuid, "uuid"),
  );
  return made;
}

function showLogin(needed) {
  byId("login").hidden = !needed;
  byId("host").hidden = needed;
  byId("domains").hidden = needed;
  if (needed) {
    byId("kind").textContent = "The daemon is here, but does not know this browser";
    byId("login-command").textContent =
      `curl -X POST -H "Authorization: Bearer $(cat admin.token)" ${location.origin}/v1/login-links`;
  }
}

async function refresh() {
  const [host, domains] = await Promise.all([get("v1/host"), get("v1/domains")]);
  const loggedIn = host !== null && domains !== null;
  showLogin(!loggedIn);
  if (loggedIn) {
    showHost(host);
    byId("rows").replaceChildren(...domains.map(row));
  }
  return loggedIn;
}

async function loop() {
  let again = true;
  try {
    if (!document.hidden) {
      again = await refresh();
    }
  } catch (failure) {
    byId("kind").textContent = `No answer: ${failure.message}`;
  }
  if (again) {
    setTimeout(loop, REFRESH_MS);
  }
}

loop();
