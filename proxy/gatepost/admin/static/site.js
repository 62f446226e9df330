// Keys and conveniences. Every page works without this file.
"use strict";

(() => {
  const place = document.querySelector("[data-keys]");
  const help = document.getElementById("help");
  const rows = [...document.querySelectorAll("[data-row]")];
  let current = -1;

  const box = (row) => row.querySelector("input[type=checkbox]");
  const chosen = () => rows.filter((row) => box(row)?.checked);

  function move(step) {
    if (!rows.length) return;
    if (current >= 0) rows[current].classList.remove("current");
    current = Math.min(Math.max(current + step, 0), rows.length - 1);
    rows[current].classList.add("current");
    rows[current].querySelector("[data-open]").focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: "nearest" });
  }

  function select(row, on) {
    const found = box(row);
    if (found) found.checked = on;
  }

  function submit(action) {
    const form = document.getElementById("queue");
    const button = form.querySelector(`button[value=${action}]`);
    if (!button) return;
    if (!chosen().length && current >= 0) select(rows[current], true);
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
    s: () => { if (current >= 0) select(rows[current], !box(rows[current]).checked); },
    r: () => submit("release"),
    x: () => submit("reject"),
  };
  const onMail = {
    j: () => document.getElementById("next")?.click(),
    k: () => history.back(),
    q: () => location.assign("/queue"),
    r: () => document.getElementById("release")?.requestSubmit(),
    x: () => document.querySelector("#reject #note")?.focus(), // Enter there rejects
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
    const act = (place.dataset.keys === "queue" ? inQueue : onMail)[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  document.querySelector("[data-all]")?.addEventListener("change", (event) => {
    rows.forEach((row) => select(row, event.target.checked));
  });

  // A second click must not send a form twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });
})();
