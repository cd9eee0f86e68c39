// Rows to choose in a list: all at once, and how many they are. Rows that are loaded below join the form by themselves.
"use strict";

(() => {
  const form = document.querySelector("form.choose");
  const all = document.getElementById("all");
  const button = document.getElementById("chosen");
  if (!form || !all || !button) return;
  document.documentElement.classList.add("scripted");
  const words = button.textContent;

  const boxes = () => [...form.querySelectorAll('input[name="row"]')];

  function count() {
    const listed = boxes();
    const chosen = listed.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === listed.length;
    all.indeterminate = chosen > 0 && chosen < listed.length;
    button.textContent = chosen ? words.replace("the chosen", `the ${chosen.toLocaleString("en")} chosen`) : words;
    button.disabled = !chosen;
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    count();
  });
  new MutationObserver(count).observe(form.querySelector("tbody"), { childList: true });
  addEventListener("pageshow", count); // what a browser remembers when one comes back
  count();
})();
