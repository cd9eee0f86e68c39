// Adding a row that was missed: from the words selected in a report, and filling the form from them.
"use strict";

(() => {
  const form = document.getElementById("adding");
  const stored = "pledgetrail-keys";

  function keyOf(does) {
    try {
      return (JSON.parse(localStorage.getItem(stored)) || {})[does] || does;
    } catch {
      return does;
    }
  }

  // --- from any report's text to the form

  // Where to come back to; the queue knows better.
  Pledgetrail.back = () => "";

  Pledgetrail.add = () => {
    const its = Pledgetrail.selection();
    const name = its ? its.document : document.querySelector(".text[data-document]")?.dataset.document;
    if (!name) return;
    const query = new URLSearchParams(its ? { id: name, at: `${its.start}-${its.end}` } : { id: name, add: 1 });
    const back = Pledgetrail.back();
    if (back) query.set("back", back);
    location.assign(`${its ? "/report/add" : "/report"}?${query}#sentence`);
  };

  function offerToAdd() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "add-these";
    button.hidden = true;
    button.append("Add a row from these words ");
    const sign = document.createElement("kbd");
    sign.textContent = keyOf("n");
    button.append(sign);
    document.body.append(button);
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => Pledgetrail.add());
    document.addEventListener("selectionchange", () => {
      const its = Pledgetrail.selection();
      button.hidden = !its;
      if (!its) return;
      button.style.top = `${Math.max(8, Math.min(innerHeight - 48, its.box.bottom + 8))}px`;
      button.style.left = `${Math.max(8, Math.min(innerWidth - 280, its.box.left))}px`;
    });
    if (document.getElementById("review")) return; // which has keys of its own
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key !== keyOf("n")) return;
      if (event.target.closest("input, textarea, select")) return;
      event.preventDefault();
      Pledgetrail.add();
    });
  }

  if (!form) {
    offerToAdd();
    return;
  }

  // --- the form's fields from the text, by selecting words while one is in them

  document.documentElement.classList.add("scripted");
  let taking = null;

  function fill(cell, value, words, start, end) {
    const shown = cell.querySelector("[name^='words.']");
    const typed = cell.querySelector("[name^='cell.']");
    const places = cell.querySelector("[name^='places.']");
    if (!shown) return;
    const plain = value.replace(/\s+/g, " ").trim();
    const place = `${start}-${end}`;
    const many = "many" in cell.dataset;
    const names = many ? typed.value.split(";").map((name) => name.trim()).filter(Boolean) : [];
    if (!names.includes(plain)) names.push(plain);
    if (typed.tagName !== "SELECT") typed.value = names.join("; ");
    if (many && places.value.split(",").includes(place)) return;
    const more = many && places.value;
    places.value = more ? `${places.value},${place}` : place;
    shown.value = more ? `${shown.value} … ${words.trim()}` : words.trim();
  }

  form.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".asked");
    taking?.classList.remove("taking");
    taking = cell && cell.querySelector("[name^='words.']") ? cell : null;
    taking?.classList.add("taking");
  });

  function take(event) {
    const its = Pledgetrail.selection();
    if (!its || !taking || event.target.closest?.("form")) return;
    fill(taking, its.words, its.words, its.start, its.end);
  }
  document.addEventListener("mouseup", take);
  document.addEventListener("keyup", (event) => {
    if (event.shiftKey || event.key === "Shift") take(event);
  });

  form.addEventListener("input", (event) => {
    const places = event.target.closest(".asked")?.querySelector("[name^='places.']");
    if (places && event.target.name.startsWith("words.")) places.value = "";
  });

  form.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-value]");
    if (!offer) return;
    const { value, words, start, end } = offer.dataset;
    fill(offer.closest(".asked"), value, words, start, end);
  });

  // --- the sentence in sight

  const text = document.querySelector(".text");
  const sentence = document.getElementById("sentence");
  if (text && sentence) {
    const above = sentence.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += above - text.clientHeight / 3;
    scrollTo(0, 0);
  }
})();
