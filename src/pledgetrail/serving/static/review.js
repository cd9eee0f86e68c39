// The review queue by keys. Keys are taken one after the other, so that ten quick ones decide ten rows in order.
"use strict";

(() => {
  const root = document.getElementById("review");
  const panel = document.getElementById("panel");
  const list = document.getElementById("queue");
  const said = document.getElementById("said");
  const help = document.getElementById("help");
  if (!root || !panel.querySelector(".panel")) return;
  document.documentElement.classList.add("scripted");

  // Second opinions: nothing that was decided is shown until one's own is given.
  const second = "second" in root.dataset;
  const off = new Set(second ? ["e", "m", "s", "n"] : []);

  const items = list ? [...list.children].map(itemOf) : [];
  if (!items.length) {
    const shown = panel.querySelector(".panel");
    items.push({ id: shown.dataset.row, stamp: shown.dataset.stamp, cursor: "", line: null, given: "given" in shown.dataset });
  }
  let at = 0;
  let ended = !list;
  let asking = null;
  const panels = new Map();
  const pending = [];
  const drafts = new Map(); // by row and form
  const KEPT = ["cell", "value", "quote", "start", "end", "reason", "other"];
  let working = false;

  function itemOf(line) {
    return { id: line.dataset.id, stamp: line.dataset.stamp, cursor: line.dataset.cursor, line };
  }

  function say(words, kind) {
    const line = document.createElement("li");
    line.textContent = words;
    if (kind) line.className = kind;
    said.prepend(line);
    while (said.children.length > 6) said.lastChild.remove();
  }

  // Without a server, or with another than the page is of, the keys that wait would all fail the same way.
  function reach(address, options) {
    return fetch(address, options).catch(() => {
      pending.length = 0;
      throw new Error("The server does not answer; nothing was decided.");
    });
  }

  async function post(address, fields) {
    const answer = await reach(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-Pledgetrail-Token": root.dataset.token },
      body: new URLSearchParams(fields),
    });
    const content = await answer.json().catch(() => ({}));
    if (answer.status === 403) pending.length = 0;
    if (!answer.ok) throw Object.assign(new Error(content.detail || `It failed (${answer.status}).`), { status: answer.status });
    return content;
  }

  function load(id) {
    if (!panels.has(id)) {
      const found = reach(`/review/${encodeURIComponent(id)}${root.dataset.panel || ""}`, { headers: { "X-Part": "panel" } }).then((answer) => {
        if (!answer.ok) throw new Error(`${id}: could not be shown (${answer.status})`);
        return answer.text();
      });
      found.catch(() => panels.delete(id));
      panels.set(id, found);
    }
    return panels.get(id);
  }

  async function show() {
    const item = items[at];
    for (const its of items) if (its.line) its.line.classList.toggle("current", its === item);
    if (!item) {
      panel.innerHTML = '<p class="empty">Nothing more is left here. <a href="/review">Look again</a></p>';
      if (second) panel.querySelector("a").href = root.dataset.again;
      return;
    }
    item.line?.scrollIntoView({ block: "nearest" });
    try {
      const html = await load(item.id);
      if (items[at] !== item) return;
      panel.innerHTML = html;
      const fresh = panel.querySelector(".panel");
      if (fresh) Object.assign(item, { stamp: fresh.dataset.stamp, given: "given" in fresh.dataset });
      settle();
    } catch (error) {
      say(error.message, "bad");
    }
    for (const next of items.slice(at + 1, at + 3)) load(next.id).catch(() => {});
    if (!ended && items.length - at < 8) more();
  }

  function settle() {
    const text = panel.querySelector(".text");
    const sentence = panel.querySelector("#sentence");
    if (text && sentence) {
      const above = sentence.getBoundingClientRect().top - text.getBoundingClientRect().top;
      text.scrollTop += above - text.clientHeight / 3;
    }
    fillChoices();
    restore();
    label();
  }

  function more() {
    if (asking) return asking;
    const address = new URL(root.dataset.queueAddress, location.href);
    address.searchParams.set("after", items[items.length - 1].cursor);
    asking = fetch(address)
      .then((answer) => answer.json())
      .then((content) => {
        ended = !content.queue.length;
        for (const row of content.queue) {
          if (items.some((item) => item.id === row.id)) continue;
          const line = document.createElement("li");
          const link = document.createElement("a");
          link.href = `/review/${encodeURIComponent(row.id)}${root.dataset.panel || ""}`;
          link.textContent = row.summary;
          line.append(link);
          list.append(line);
          items.push({ id: row.id, stamp: row.stamp, cursor: row.cursor, line });
        }
      })
      .catch(() => { ended = true; })
      .finally(() => { asking = null; });
    return asking;
  }

  async function go(step) {
    if (step > 0 && at + step >= items.length && !ended) await more();
    at = Math.max(0, Math.min(items.length, at + step));
    show();
  }

  function goTo(id) {
    const found = items.findIndex((item) => item.id === id);
    if (found >= 0) at = found;
    else items.splice(at, 0, { id, stamp: "", cursor: items[at]?.cursor || "", line: null });
    panels.delete(id);
    show();
  }

  function mark(item, status) {
    if (!item.line) return;
    item.line.className = status;
  }

  function count(change) {
    const left = document.getElementById("left");
    if (left) left.textContent = (Number(left.textContent.replace(/,/g, "")) + change).toLocaleString("en");
  }

  async function decide(action) {
    const item = items[at];
    if (!item) return;
    if (!item.stamp) await show();
    if (!item.stamp) return;
    if (second) return opine(item, action);
    try {
      const answer = await post("/decisions", { action, row: item.id, expected: item.stamp });
      panels.delete(item.id);
      item.stamp = answer.stamp;
      mark(item, answer.status);
      count(-1);
      say(`${item.id} ${action}ed`);
      await go(1);
    } catch (error) {
      say(error.message, "bad");
      if (error.status === 409) {
        mark(item, "stale");
        goTo(item.id);
      }
    }
  }

  async function opine(item, opinion) {
    if (item.given) return say("You have said what you think of this row. Undo it first.", "bad");
    const why = panel.querySelector(".panel")?.dataset.row === item.id ? panel.querySelector("#why") : null;
    const fields = { action: "second", opinion, row: item.id, expected: item.stamp, reason: why?.value || "" };
    try {
      const answer = await post("/decisions", fields);
      panels.delete(item.id);
      item.given = true;
      mark(item, `${opinion}ed`);
      count(-1);
      say(`${item.id}: ${answer.said}`);
      await go(1);
    } catch (error) {
      say(error.message, "bad");
      if (error.status === 409) {
        mark(item, "stale");
        goTo(item.id);
      }
    }
  }

  async function undo() {
    try {
      const answer = await post("/decisions/undo", second ? { action: "second" } : {});
      const item = items.find((its) => its.id === answer.row);
      if (item) {
        item.stamp = answer.stamp;
        item.given = false;
        mark(item, second ? "" : answer.status);
      }
      if (second || answer.status === "extracted") count(1);
      say(`decision ${answer.decision.other} on ${answer.row} undone`);
      goTo(answer.row);
    } catch (error) {
      say(error.message, "bad");
    }
  }

  const doing = {
    a: () => decide("accept"),
    r: () => decide("reject"),
    u: undo,
    j: () => go(1),
    k: () => go(-1),
    e: () => open("edit"),
    m: () => open("merge"),
    s: () => open("split"),
    c: () => open("comment"),
    n: () => Pledgetrail.add?.(),
    "?": () => help.showModal(),
  };

  // Adding a row leaves the queue; one comes back to where one was.
  Pledgetrail.back = () => {
    const address = new URL(location.href);
    const before = items[at - 1]?.cursor;
    if (before) address.searchParams.set("after", before);
    return address.pathname + address.search;
  };

  function open(name) {
    if (second) return panel.querySelector("#why")?.focus();
    const part = panel.querySelector(`#${name}`);
    if (!part) return;
    part.open = true;
    if (name === "edit") takeSelection();
    (part.querySelector("select, input:not([type=hidden]), textarea, button") || part).focus();
    part.scrollIntoView({ block: "nearest" });
  }

  // --- keys of one's own, by what they do; kept in this browser

  const stored = "pledgetrail-keys";
  const own = (() => {
    try {
      return JSON.parse(localStorage.getItem(stored)) || {};
    } catch {
      return {};
    }
  })();
  const keyOf = (does) => own[does] || does;
  const doesOf = (key) => Object.keys(doing).find((does) => keyOf(does) === key);

  function label() {
    for (const sign of panel.querySelectorAll("[data-key] kbd")) {
      sign.textContent = keyOf(sign.closest("[data-key]").dataset.key);
    }
  }

  for (const field of help.querySelectorAll("input[data-does]")) {
    field.value = keyOf(field.dataset.does);
    // It holds one letter: the next one typed is to take its place.
    field.addEventListener("focus", () => field.select());
    field.addEventListener("click", () => field.select());
    field.addEventListener("input", () => field.select());
    field.addEventListener("change", () => {
      const key = field.value.trim();
      const taken = doesOf(key);
      const free = key && (!taken || taken === field.dataset.does);
      const does = taken && help.querySelector(`[data-does="${taken}"]`)?.closest("tr").cells[1].textContent;
      const why = `${key} is taken already${does ? `: it is the key to ${does}` : ""}. Nothing was changed.`;
      document.getElementById("key-taken").textContent = free || !key ? "" : why;
      if (free) own[field.dataset.does] = key;
      else field.value = keyOf(field.dataset.does); // two cannot have one key
      localStorage.setItem(stored, JSON.stringify(own));
      label();
    });
  }

  function press(key) {
    pending.push(key);
    if (!working) work();
  }

  async function work() {
    working = true;
    while (pending.length) {
      const does = pending.shift();
      if (off.has(does)) say(`${keyOf(does)} is off while you second: you judge the row as it shows.`, "bad");
      else await doing[does]();
    }
    working = false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const does = doesOf(event.key);
    if (!does) return;
    event.preventDefault();
    press(does);
  });

  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (!button) return;
    event.preventDefault();
    press(button.dataset.key);
  });

  panel.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.getAttribute("action") !== "/decisions") return;
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    const item = items[at];
    try {
      const answer = await post("/decisions", fields);
      if (item && item.id === answer.row) {
        item.stamp = answer.stamp;
        mark(item, answer.status === "extracted" ? "current" : `current ${answer.status}`);
      }
      say(`${answer.row}: ${answer.decision.action} recorded`);
      drafts.delete(draftOf(form));
      goTo(answer.row);
    } catch (error) {
      say(error.message, "bad");
      if (error.status === 409) goTo(fields.get("row"));
    }
  });

  // --- a cell from the text, by selecting it

  function takeSelection() {
    const form = panel.querySelector("#edit form");
    const its = form && Pledgetrail.selection();
    if (!its) return;
    form.elements.quote.value = its.words;
    form.elements.value.value = its.words.trim();
    form.elements.start.value = its.start;
    form.elements.end.value = its.end;
    keep(form);
  }

  function fillChoices() {
    const form = panel.querySelector("#edit form");
    if (!form) return;
    const values = new URLSearchParams(form.elements.cell.dataset.values);
    form.elements.value.value = values.get(form.elements.cell.value) || "";
    offerChoices(form);
  }

  function offerChoices(form) {
    form.elements.value.setAttribute("list", `choices-${form.elements.cell.value}`);
  }

  panel.addEventListener("change", (event) => {
    if (event.target.name !== "cell") return;
    if (!event.target.form.elements.quote.value) fillChoices();
    offerChoices(event.target.form);
  });
  panel.addEventListener("input", (event) => {
    if (event.target.name !== "quote") return;
    event.target.form.elements.start.value = event.target.form.elements.end.value = "";
  });
  document.addEventListener("mouseup", () => {
    if (panel.querySelector("#edit[open]")) takeSelection();
  });

  // --- what was typed and not sent is there again when one comes back to the row

  function draftOf(form) {
    return `${form.closest(".panel")?.dataset.row} ${form.closest("details[id]")?.id}`;
  }

  function keep(form) {
    if (!form?.closest("details[id]")) return;
    const typed = KEPT.filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
    drafts.set(draftOf(form), typed);
  }

  function restore() {
    for (const form of panel.querySelectorAll("details[id] form")) {
      const typed = drafts.get(draftOf(form));
      if (!typed) continue;
      for (const [name, value] of typed) form.elements[name].value = value;
      form.closest("details[id]").open = true;
      if (form.elements.cell) offerChoices(form);
    }
  }

  for (const kind of ["input", "change"]) panel.addEventListener(kind, (event) => keep(event.target.form));

  settle();
  for (const next of items.slice(1, 3)) load(next.id).catch(() => {});
})();
