// Comforts of the profile's forms: find a skill among many, fill in where one is.
(() => {
  "use strict";

  const search = document.querySelector('input[type="search"]#field-skills');
  search?.addEventListener("input", () => {
    const typed = search.value.trim().toLowerCase();
    let found = 0;
    for (const group of document.querySelectorAll("[data-group]")) {
      let shown = 0;
      for (const choice of group.querySelectorAll("[data-words]")) {
        const fits = choice.dataset.words.includes(typed);
        choice.hidden = !fits && !choice.querySelector(":checked");
        found += fits ? 1 : 0;
        shown += choice.hidden ? 0 : 1;
      }
      group.hidden = shown === 0;
      group.open = typed !== "" && shown > 0;
    }
    document.querySelector("[data-nothing-found]").hidden = found > 0;
  });

  // Enter in the search must not send the form.
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });

  const show = (name, visible) => {
    document.querySelector(`[${name}]`).hidden = !visible;
  };

  document.querySelector("[data-locate]")?.addEventListener("click", () => {
    const failed = () => {
      show("data-located", false);
      show("data-not-located", true);
    };
    if (!navigator.geolocation) {
      failed();
      return;
    }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      document.getElementById("field-longitude").value = coords.longitude.toFixed(3);
      document.getElementById("field-latitude").value = coords.latitude.toFixed(3);
      show("data-not-located", false);
      show("data-located", true);
    }, failed, { timeout: 15000, maximumAge: 600000 });
  });
})();
