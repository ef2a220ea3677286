// Small comforts on top of pages that work without them.
(() => {
  "use strict";

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    closeMenus(target?.closest("details.menu"));
    if (target?.closest("[data-print]")) window.print();
    const copy = target?.closest("[data-copy]");
    if (copy) copyText(copy);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelector("details.menu[open] > summary")?.focus();
    closeMenus(null);
  });

  async function copyText(button) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) return;
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    const said = document.getElementById(button.getAttribute("aria-describedby"));
    if (said) said.hidden = false;
  }

  // A file that is too large is said before it is sent; whoever sends it all the same is told by the server.
  const isTooLarge = (input) => [...input.files].some((file) => file.size > Number(input.dataset.largest));

  document.addEventListener("change", (event) => {
    const input = event.target.closest?.("input[data-largest]");
    if (!input) return;
    const large = isTooLarge(input);
    document.getElementById(`${input.id}-large`).hidden = !large;
    input.setAttribute("aria-invalid", large);
    const older = document.getElementById(`${input.id}-error`);
    if (older) older.hidden = true; // it was about the file before
  });

  document.addEventListener("submit", (event) => {
    const large = [...event.target.querySelectorAll("input[data-largest]")].find(isTooLarge);
    if (!large) return;
    event.preventDefault();
    large.focus();
  });

  // A second press of a button while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), 8000); // the answer may be a file: then this page stays
  });

  function release(form) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }

  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  document.addEventListener("change", (event) => {
    event.target.closest?.("form[data-send-on-change]")?.requestSubmit();
  });

  // Once each: a fragment that comes in later must not take the cursor away from a field.
  const showErrors = () => {
    const summary = document.querySelector(".error-summary:not([data-seen])");
    if (!summary) return;
    summary.dataset.seen = "yes";
    summary.focus();
  };
  document.addEventListener("DOMContentLoaded", () => {
    showErrors();
    for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
  });
  document.addEventListener("htmx:after:swap", showErrors);

  // htmx leaves the page as it is when a request fails: say so.
  for (const name of ["htmx:response:error", "htmx:error"]) {
    document.addEventListener(name, (event) => {
      const status = event.detail.ctx?.response?.status;
      const trouble = document.getElementById("trouble");
      if (trouble && status !== 422 && status !== 409) trouble.hidden = false;
    });
  }
})();
