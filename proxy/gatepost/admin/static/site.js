// Keys, live rows and conveniences. Every page works without this file.
"use strict";

(() => {
  const LIVE_MS = 3000;
  const place = document.querySelector("[data-keys]");
  const help = document.getElementById("help");
  const body = document.querySelector("[data-rows]");
  let current = ""; // the id of the row that the keys are at

  const rows = () => [...document.querySelectorAll("[data-row]")];
  const row = () => rows().find((each) => each.dataset.row === current);
  const box = (each) => each?.querySelector("input[type=checkbox]");
  const chosen = () => rows().filter((each) => box(each)?.checked);

  function point(target, focus) {
    row()?.classList.remove("current");
    current = target?.dataset.row ?? "";
    target?.classList.add("current");
    if (!target || !focus) return;
    target.querySelector("[data-open]").focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = rows();
    const at = all.indexOf(row());
    point(all[Math.min(Math.max(at + step, 0), all.length - 1)], true);
  }

  function submit(action) {
    const form = document.getElementById("queue");
    const button = form.querySelector(`button[value=${action}]`);
    if (!button) return;
    if (!chosen().length && row()) box(row()).checked = true;
    if (!chosen().length) return;
    const note = form.querySelector("#note");
    if (action === "reject" && document.activeElement !== note) {
      note.focus(); // Enter there rejects
      return;
    }
    form.requestSubmit(button);
  }

  const inQueue = {
    j: () => move(1),
    k: () => move(-1),
    s: () => { const found = box(row()); if (found) found.checked = !found.checked; },
    r: () => submit("release"),
    x: () => submit("reject"),
    "/": () => document.getElementById("q")?.focus(),
  };
  const onMail = {
    j: () => document.getElementById("next")?.click(),
    k: () => history.back(),
    q: () => location.assign("/queue"),
    r: () => document.getElementById("release")?.requestSubmit(),
    x: () => document.querySelector("#reject #note")?.focus(), // Enter there rejects
    e: () => document.getElementById("correct")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (!place || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key !== "j" && event.key !== "k") return;
    const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      if (event.key === "Enter" && event.target.id === "note" && place.id === "queue") {
        event.preventDefault();
        submit("reject");
      }
      return;
    }
    if (help?.open) return;
    if (event.key === "?") {
      event.preventDefault();
      help?.showModal();
      return;
    }
    const act = { queue: inQueue, mail: onMail }[place.dataset.keys]?.[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  document.querySelector("[data-all]")?.addEventListener("change", (event) => {
    rows().forEach((each) => { const found = box(each); if (found) found.checked = event.target.checked; });
  });

  // --- what changes while a page is open ---------------------------------------------------------

  function say(words) {
    const news = document.getElementById("news");
    if (news) news.textContent = words;
  }

  function show(fresh) {
    const checked = new Set(chosen().map((each) => each.dataset.row));
    const before = rows().map((each) => each.dataset.row);
    const focused = row()?.contains(document.activeElement);
    const at = before.indexOf(current);
    const scratch = document.createElement("template");
    scratch.innerHTML = `<table><tbody>${fresh.html}</tbody></table>`;
    body.replaceChildren(...scratch.content.querySelector("tbody").children);
    rows().forEach((each) => { if (checked.has(each.dataset.row)) box(each).checked = true; });
    const all = rows();
    if (at >= 0) point(row() ?? all[Math.min(at, all.length - 1)], focused);
    document.querySelector("[data-total]").textContent = fresh.total;
    document.querySelectorAll("[data-due] [data-name]").forEach((link) => {
      const count = fresh.due[link.dataset.name];
      link.hidden = !count;
      link.querySelector("b").textContent = count;
    });
    const added = all.filter((each) => !before.includes(each.dataset.row)).length;
    if (added) say(added === 1 ? "One more mail is held." : `${added} more mails are held.`);
    place.dataset.digest = fresh.digest;
  }

  async function refresh() {
    const query = new URLSearchParams(location.search);
    query.set("digest", place.dataset.digest);
    const answer = await fetch(`${place.dataset.live}?${query}`, { redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload(); // the session has ended: the login page says so
    if (answer.status === 200) show(await answer.json());
  }

  async function look() {
    const answer = await fetch(place.dataset.status, { redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
    if (!answer.ok) return;
    const now = await answer.json();
    const news = document.getElementById("changed");
    const words = now.state !== place.dataset.state
      ? "Somebody has decided on this mail meanwhile. Load the page again to see what became of it."
      : now.at_it ? `${now.at_it} is at this mail now.` : "";
    news.hidden = !words;
    if (news.textContent !== words) news.textContent = words;
  }

  const ask = place?.dataset.live ? refresh : place?.dataset.status ? look : null;
  if (ask) {
    let under_way = false;
    setInterval(async () => {
      if (document.hidden || under_way) return;
      under_way = true;
      try { await ask(); } catch { /* the gateway is away: the next round tells */ }
      under_way = false;
    }, LIVE_MS);
  }

  // A second click must not send a form twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.submitter?.formTarget) return; // into a frame: the page stays
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });
})();
