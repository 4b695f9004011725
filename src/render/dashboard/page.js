// Brings the table to life: filters, sorts, searches, and draws what a repository owes when somebody opens it. The state of the page is
// its address (`#q=…&on=…&sort=…&open=…`), so that every view can be shared. Text goes in as text nodes only.
(() => {
"use strict";
const $ = (selector, within = document) => within.querySelector(selector);
const root = document.documentElement;
const body = $("section > table > tbody");
const form = $("#controls");
const search = form.elements.q;
const FILTERS = ["q", "on", "state", "advisories", "behind", "effort"];
const STATE_KEYS = [...FILTERS, "sort", "open"];
const state = Object.fromEntries(STATE_KEYS.map((key) => [key, ""]));
root.classList.remove("plain");

// ---- data: see data.rs for the shapes ----

const lines = [...body.rows];
const data = JSON.parse($("#data").textContent);
const T = (number) => (number === null ? null : data.texts[number]);
const repositories = data.rows.map((row, at) => {
  const [name, url, commit, facts, on] = row;
  const [support, until, behind, advisories, todo, check, effort] = facts;
  return { at, name, url, commit, support, until, behind, advisories, todo, check, effort, on, row, line: lines[at] };
});
const byName = new Map(repositories.map((it) => [it.name, it]));
const byLine = new Map(repositories.map((it) => [it.line, it]));

const standsOf = (it) => it.row[5].map(([shared, path, file, at]) => {
  const [product, pack, version, framework, line, newest, behind, support, until, advisories, generation] = data.stands[shared];
  return {
    product: T(product), package: T(pack), version: T(version), framework: T(framework), line: T(line), newest: T(newest), behind, support,
    until, advisories: advisories.map(T), generation: T(generation), path: T(path), file: T(file), at,
  };
});

const findingsOf = (it) => {
  let count = 0;
  const found = [];
  for (const number of it.row[6]) {
    if (number < 0) { count = -number - 1; continue; }
    const [shared, status, seen, places] = data.findings[number];
    const [rule, kind, context, title, advice, url, commands, searched] = data.rules[shared];
    const rest = T(searched);
    found.push({
      rule: T(rule), kind, status, context: T(context), title: T(title), advice: T(advice), url: T(url),
      commands: commands.map(T), seen, places: places.map(([path, line, saw]) => ({ path: T(path), line, saw: T(saw) })),
      searched: rest.startsWith(" ") ? count + rest : rest,
    });
  }
  return found;
};

// ---- filter, search, sort ----

const titles = new Map(data.ladders.map((ladder) => [ladder.product, ladder.title]));

// What is searched in a repository itself, and what it owes; made at the first search.
const haystack = (it) => it.haystack ??= [
  it.name, T(it.row[9]) ?? "",
  ...standsOf(it).flatMap((stand) => [stand.path, stand.file, titles.get(stand.product), stand.package, stand.version, stand.framework, ...stand.advisories]),
].join("\n").toLowerCase();
let owed;
const words = () => {
  if (owed) return owed;
  const rules = data.rules.map(([rule, , context, title]) => `${T(rule)}\n${T(context) ?? ""}\n${T(title)}`.toLowerCase());
  return owed = data.findings.map(([rule, status]) => (status === "todo" || status === "check" ? rules[rule] : ""));
};

const matcher = (query) => {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return () => true;
  const asking = wanted.map((word) => new Set(words().flatMap((text, number) => (text.includes(word) ? [number] : []))));
  return (it) => wanted.every((word, at) => haystack(it).includes(word) || it.row[6].some((number) => asking[at].has(number)));
};

const filter = () => {
  const place = data.keys.indexOf(state.on);
  const matches = matcher(state.q);
  return (it) => (!state.on || it.on.includes(place))
    && (!state.state || it.support === state.state)
    && (!state.advisories || (it.advisories > 0) === (state.advisories === "yes"))
    && (!state.behind || it.behind >= Number(state.behind))
    && (!state.effort || (it.support !== "failed" && it.effort === state.effort))
    && matches(it);
};

const rank = (list) => (value) => list.indexOf(value);
const supportRank = rank(["out", "soon", "supported", "unknown", "failed"]);
const effortRank = rank(["none", "small", "medium", "large"]);
// Whether high comes first, and what is compared.
const SORTS = {
  name: [false, (it) => it.name.toLowerCase()],
  version: [false, (it) => it.on[1] ?? Infinity],
  state: [false, (it) => supportRank(it.support) + (it.until ?? "")],
  behind: [true, (it) => it.behind],
  advisories: [true, (it) => it.advisories],
  todo: [true, (it) => it.todo],
  check: [true, (it) => it.check],
  effort: [true, (it) => effortRank(it.effort)],
};
const sorting = () => {
  const turned = state.sort.startsWith("-");
  const id = state.sort.slice(turned ? 1 : 0);
  if (!Object.hasOwn(SORTS, id)) return null;
  return { id, turned, down: SORTS[id][0] !== turned, key: SORTS[id][1] };
};

let order = "";
const sort = () => {
  if (order === state.sort) return;
  order = state.sort;
  const by = sorting();
  const sorted = [...repositories];
  if (by) {
    const keys = new Map(sorted.map((it) => [it, by.key(it)]));
    const compare = (one, other) => (keys.get(one) < keys.get(other) ? -1 : keys.get(one) > keys.get(other) ? 1 : 0);
    sorted.sort((one, other) => (by.down ? compare(other, one) : compare(one, other)) || one.at - other.at);
  }
  close();
  body.replaceChildren(...sorted.map((it) => it.line));
  for (const head of document.querySelectorAll("thead button[data-sort]")) {
    const cell = head.parentElement;
    if (by?.id === head.dataset.sort) cell.setAttribute("aria-sort", by.down ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  }
};

// ---- the page follows its state ----

const apply = () => {
  sort();
  const shown = filter();
  let count = 0;
  for (const it of repositories) {
    const visible = shown(it);
    if (it.line.hidden === visible) it.line.hidden = !visible;
    if (visible) count += 1;
  }
  const all = repositories.length;
  const number = (value) => value.toLocaleString("en");
  $("#found").textContent = count === all ? `${number(all)} ${all === 1 ? "repository" : "repositories"}` : `${number(count)} of ${number(all)} repositories`;
  $(".found .reset").hidden = FILTERS.every((key) => !state[key]);
  $("#nobody").hidden = count > 0;
  for (const key of [...FILTERS, "sort"]) {
    const control = form.elements[key];
    const value = key === "sort" ? state.sort.replace("-", "") : state[key];
    if (control.value !== value) control.value = value;
  }
  show();
};

const change = (changes, push) => {
  Object.assign(state, changes);
  const address = new URLSearchParams(STATE_KEYS.filter((key) => state[key]).map((key) => [key, state[key]]));
  const hash = `#${address}`.replaceAll("%2F", "/");
  if (hash !== (location.hash || "#")) history[push ? "pushState" : "replaceState"](null, "", hash);
  apply();
};

const follow = () => {
  const hash = location.hash.slice(1);
  if (hash && !hash.includes("=")) return;
  const address = new URLSearchParams(hash);
  for (const key of STATE_KEYS) state[key] = address.get(key) ?? "";
  if (state.on && !data.keys.includes(state.on)) state.on = "";
  apply();
  // Rows get their true height only when they come into view, so where this one is shows after the first try.
  const reveal = () => byName.get(state.open)?.line.scrollIntoView({ block: "start" });
  reveal();
  requestAnimationFrame(() => requestAnimationFrame(reveal));
};

// ---- a repository, drawn when it is opened ----

let panel = null;

const el = (tag, options, ...children) => {
  const { class: name, ...attributes } = options ?? {};
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};
const link = (url, ...children) => (/^https?:\/\//.test(url ?? "")
  ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children)
  : el("span", null, ...children));
// A sentence of the rulebook, with its code spans.
const prose = (text) => {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, at) => (at % 2 ? el("code", null, part) : part));
};
const addressOf = (it, path, line) => it.url && it.commit && path
  ? `${it.url}/blob/${encodeURIComponent(it.commit)}/${path.split("/").map(encodeURIComponent).join("/")}${line ? `#L${line}` : ""}`
  : null;
const place = (it, path, line) => link(addressOf(it, path, line), line ? `${path}:${line}` : path);
const SUPPORT = {
  out: (until) => (until ? `ended ${until}` : "ended"),
  soon: (until) => `until ${until}`,
  supported: (until) => (until ? `until ${until}` : "supported"),
  unknown: () => "not known",
};

const standTable = (it, stands) => {
  const head = ["Project", "Uses", "Framework", "Support", "Behind", "Newest", "Advisories"];
  const advisory = (id) => link(/^GHSA-[\w-]+$/.test(id) ? `https://github.com/advisories/${id}` : null, id);
  const line = (stand) => el("tr", null,
    el("th", { scope: "row" }, place(it, stand.path, stand.file === stand.path ? stand.at : 0),
      stand.file === stand.path ? null : el("div", { class: "dim" }, "set in ", place(it, stand.file, stand.at))),
    el("td", null, `${stand.package} `, el("b", null, stand.version ?? "version not known")),
    el("td", null, stand.framework ?? "–"),
    el("td", null, el("span", { class: stand.support }, SUPPORT[stand.support](stand.until))),
    el("td", null, String(stand.behind)),
    el("td", null, stand.newest ?? "–"),
    el("td", null, ...(stand.advisories.length ? stand.advisories.flatMap((id, at) => (at ? [", ", advisory(id)] : [advisory(id)])) : ["–"])));
  return el("div", { class: "wrap", tabindex: "0", role: "region", "aria-label": "Projects" }, el("table", { class: "stands" },
    el("thead", null, el("tr", null, ...head.map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", null, ...stands.map(line))));
};

// The lines from the lowest project of each product to the newest release.
const ways = (stands) => data.ladders.flatMap((ladder) => {
  const rungs = ladder.rungs.filter((rung) => !rung.preview);
  const at = stands.filter((stand) => stand.product === ladder.product)
    .map((stand) => rungs.findIndex((rung) => rung.line === stand.line && rung.package === stand.generation)).filter((index) => index >= 0);
  if (!at.length) return [];
  const climbed = rungs.slice(Math.min(...at));
  if (climbed.length < 2) return [el("p", null, `${ladder.title} stands on the newest line, ${climbed[0].line}.`)];
  return [el("p", null, `${ladder.title}:`), el("ol", { class: "way" }, ...climbed.map((rung, index) =>
    el("li", null, index && rung.package !== climbed[index - 1].package ? `${rung.package} ${rung.line}` : rung.line)))];
});

const command = (text) => {
  const copy = el("button", { type: "button", class: "copy" }, "Copy");
  copy.addEventListener("click", () => navigator.clipboard.writeText(text).then(() => { copy.textContent = "Copied"; }, () => {}));
  return el("div", null, navigator.clipboard ? copy : null, el("pre", null, el("code", null, text)));
};

const finding = (it, found) => el("li", { class: "finding" },
  el("b", null, ...prose(found.title)), " ",
  el("p", null, el("span", { class: "kind" }, found.context ? `${found.kind} · ${found.context}` : found.kind), ...prose(found.advice), " ", found.url ? link(found.url, "Read more") : null),
  ...found.commands.map(command),
  found.places.length || found.seen ? el("ul", { class: "places" },
    ...found.places.map((seen) => el("li", null, place(it, seen.path, seen.line), seen.saw ? " " : null, seen.saw ? el("code", null, seen.saw) : null)),
    found.seen > found.places.length ? el("li", { class: "dim" }, `and ${found.seen - found.places.length} more place${found.seen - found.places.length === 1 ? "" : "s"}`) : null) : null,
  found.searched ? el("p", { class: "dim" }, "Searched: ", ...prose(found.searched)) : null);

const GROUPS = [["todo", "To do", true], ["check", "Only you can tell", true], ["done", "Done", false], ["clear", "Does not apply", false]];
const FEW = 12;

const groups = (it, findings) => GROUPS.flatMap(([status, title, open]) => {
  const mine = findings.filter((found) => found.status === status);
  if (!mine.length) return [];
  const list = (part) => el("ul", null, ...part.map((found) => finding(it, found)));
  const heading = el("h4", null, `${title} (${mine.length})`);
  if (!open) return [folded(el("section", { class: status }), heading, () => list(mine))];
  const rest = mine.slice(FEW);
  return [el("section", { class: status }, heading, list(mine.slice(0, FEW)),
    rest.length ? folded(el("div"), `${rest.length} more`, () => list(rest)) : null)];
});

// Folded away, and drawn when it is unfolded.
const folded = (around, summary, draw) => {
  const details = el("details", null, el("summary", null, summary));
  details.addEventListener("toggle", () => details.append(draw()), { once: true });
  around.append(details);
  return around;
};

const draw = (it) => {
  const stands = standsOf(it);
  const guides = it.row[7].map((number) => data.guides[number]);
  const problems = it.row[8];
  const error = T(it.row[9]);
  const parts = [el("h3", null, it.name, it.url ? link(it.url, "Open the repository") : null,
    el("a", { href: `#${new URLSearchParams({ open: it.name })}` }, "Link to this view"),
    it.commit ? el("span", { class: "dim" }, el("code", null, it.commit.slice(0, 7))) : null)];
  if (error) parts.push(el("p", null, `It could not be audited: ${error}`));
  if (stands.length) {
    parts.push(el("section", null, el("h4", null, "Where its projects stand"), standTable(it, stands)));
    parts.push(el("section", null, el("h4", null, "The way up"), ...ways(stands),
      guides.length ? el("p", null, "Read in this order: ", ...guides.flatMap(([title, url], at) => [at ? " · " : null, link(url, T(title))])) : null));
  }
  parts.push(...groups(it, findingsOf(it)));
  if (problems.length) {
    parts.push(el("section", null, el("h4", null, `Could not be read (${problems.length})`), el("ul", { class: "places" },
      ...problems.map(([path, line, message]) => el("li", null, T(path) ? place(it, T(path), line) : null, " ", T(message))))));
  }
  return el("tr", { class: "detail", role: "row" }, el("td", { role: "cell", colspan: "8" }, ...parts));
};

const buttonOf = (it) => $("button", it.line);

const close = () => {
  if (!panel) return;
  panel.node.remove();
  panel.it.line.classList.remove("open");
  buttonOf(panel.it).setAttribute("aria-expanded", "false");
  panel = null;
};

const show = () => {
  const it = byName.get(state.open);
  if (panel && (panel.it !== it || !panel.node.isConnected)) close();
  if (it && !panel) {
    panel = { it, node: draw(it) };
    it.line.after(panel.node);
    it.line.classList.add("open");
    buttonOf(it).setAttribute("aria-expanded", "true");
  }
  if (panel) panel.node.hidden = it.line.hidden;
};

// ---- what people do ----

body.addEventListener("click", (event) => {
  const it = byLine.get(event.target.closest("tr"));
  if (!it || event.target.closest("a") || getSelection().toString()) return;
  change({ open: state.open === it.name ? "" : it.name }, true);
});
$("section > table > thead").addEventListener("click", (event) => {
  const id = event.target.closest("button")?.dataset.sort;
  if (!id) return;
  change({ sort: state.sort === id ? `-${id}` : state.sort === `-${id}` ? "" : id }, true);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", (event) => change({ [event.target.name]: event.target.value }, event.target !== search));
for (const reset of document.querySelectorAll(".reset")) {
  reset.addEventListener("click", () => {
    change(Object.fromEntries(FILTERS.map((key) => [key, ""])), true);
    search.focus();
  });
}
document.addEventListener("click", (event) => {
  const to = event.target.closest("a[href^='#']");
  if (to?.closest(".tiles, .ladders")) requestAnimationFrame(() => $("#repositories").scrollIntoView());
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") {
    if (typing === search && state.q) change({ q: "" });
    else if (typing) typing.blur();
    else if (panel) {
      const { it } = panel;
      change({ open: "" }, true);
      buttonOf(it).focus();
    }
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const line = event.target.closest("tbody th button")?.closest("tr");
    if (!byLine.has(line)) return;
    const next = event.key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling";
    let to = line[next];
    while (to && (to.hidden || !byLine.has(to))) to = to[next];
    if (!to) return;
    event.preventDefault();
    $("button", to).focus();
  }
});
addEventListener("hashchange", follow);
addEventListener("popstate", follow);

const THEMES = ["system", "light", "dark"];
const theme = (name) => {
  if (name === "system") delete root.dataset.theme;
  else root.dataset.theme = name;
  $("#theme b").textContent = name;
  // A page opened from a file may have no storage: the choice then lasts as long as the page.
  try { localStorage.setItem("identityserver-upgrade-theme", name); } catch { /* as said */ }
};
let chosen = "system";
try { chosen = localStorage.getItem("identityserver-upgrade-theme") ?? chosen; } catch { /* as said */ }
if (THEMES.includes(chosen) && chosen !== "system") theme(chosen);
$("#theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(root.dataset.theme ?? "system") + 1) % THEMES.length]));
$("#print").addEventListener("click", () => print());

if (repositories.length === 1 && !location.hash) state.open = repositories[0].name;
if (location.hash) follow();
else if (state.open) apply();
})();
