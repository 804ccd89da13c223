// Before anything is drawn: says that scripts run, and which language was chosen last.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try {
    chosen = window.localStorage.getItem("lakehouse-language");
  } catch {
    // A browser may refuse storage to files; then each page begins with its own language.
  }
  root.lang = chosen || (navigator.language.startsWith("pt") ? "pt-BR" : "en");
})();
