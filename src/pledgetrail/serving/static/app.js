// What pages do beyond plain links and forms. Everything here can be done without it.
"use strict";

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]") && field.form) field.form.requestSubmit();
});
