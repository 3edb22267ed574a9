"use strict";
// Light or dark: what the system prefers, until the button or `t` says otherwise.
function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

// The colours of the style sheet, for what is drawn on a canvas.
function colours() {
  const style = getComputedStyle(document.documentElement);
  const named = {};
  for (const name of ["back", "panel", "line", "text", "dim", "accent", "import", "user", "warn", "soft", "hit"]) {
    named[name] = style.getPropertyValue("--" + name).trim();
  }
  return named;
}

// An element with attributes and children; strings become text, so nothing that is shown is read as markup.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function thousands(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

function counted(number, what) {
  return thousands(number) + " " + what + (number === 1 ? "" : "s");
}
