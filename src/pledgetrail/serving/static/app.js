// What pages do beyond plain links and forms. Everything here can be done without it.
"use strict";

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]") && field.form) field.form.requestSubmit();
});

// What is wider than its place scrolls, and then keys must reach it, in browsers that do not see to that themselves.
const reach = () => {
  for (const box of document.querySelectorAll("main table, main .plot")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
window.addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);
reach();
